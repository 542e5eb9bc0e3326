"""Split a cell of units (牵头单位、责任单位) into unit names, however its lines were broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tongban.gazette.rules import texts

_SEPARATORS = "、，,；;。/／"
_ENDING = re.compile(
    r".*(局|厅|委|办|部|署|院|馆|站|所|队|中心|公室|督查室|研究室|档案室|政府|公司|集团|银行|支行|分行|海关|人大|政协|纪委监委|工会|妇联"
    r"|残联|科协|工商联|文联|侨联|红十字会|联合会|协会|商会|学会|委员会|管委会|常委会|领导小组|专班|指挥部|办事处|单位|部门|企业"
    r"|学校|大学|学院|医院|开发区|高新区|经开区|示范区|新区|园区|保税区|景区|信用社|供销社|出版社|电视台|邮政|电信|移动|联通|铁塔"
    r"|党组|党工委|团市委|团县委|团区委|团州委|民盟|法庭|大厅|处|科|室|社|组|基地|机构|小组|街镇|镇街|乡镇|街道|社区|县市区?|区县|市州|市县区?"
    r"|县区|各镇|各乡|各区|各县|各市|市区)"
)
_UNFINISHED = re.compile(r".*(管委|党工委办公|国家税务总局|中国人民银行)|[省市州区县厅局各]")
_PARTY_OR_GOVERNMENT = re.compile(r"(.{0,6}[省市州区县镇乡])?(委|政府|人民政府|人大|政协|人大常委会|工委|党工委)")
_LEVEL = re.compile(r"各|[省市州区县镇乡]|(国家|中国|国网|人行|团|.{2,4}[省市州县区])")
_REST = re.compile(  # what never stands alone: the second half of a name
    r"(办公室|常委会|常务委员会|委员会|管委会|管理委员会|有限公司|(有限)?责任公司|总公司|公司|集团|中心|分局|支队|大队|人民政府|政府"
    r"|办事处|单位|部门|分公司|分中心|领导小组办公室|有关部门|局|厅|部|院|队|处|站|所|办|室)"
)
_BELOW_BUREAU = re.compile(r".*(支队|大队|中队|分局|派出所|执法局)")
_TAIL = re.compile(r"(等)?(单位|部门)?(按(照)?(各自)?(职责|职能)(分工)?)?(分别)?(牵头)?(负责|落实|牵头|配合|实施)?$")
_ACT = re.compile(r"(分别|共同)?(牵头)?(负责|落实|牵头|配合|实施|协助|参与)$")
_LABEL = re.compile(
    r"(?P<lead>(牵头|主办|主责|总牵头)(责任)?(单位|部门)?)[:：]|(?P<other>(责任|配合|协办|参与|协同|联办)(单位|部门)?)[:：]"
)
_LEADING = re.compile(r"([（(](牵头|主办|总牵头)(单位|部门)?[)）]|(?<=[局委办厅部心])牵头(负责)?)\s*$")
_MOST_PIECES = 12  # into which a broken name may have come apart
_LONGEST = 80  # characters of a unit name
_OPEN_END = ("", "部门", "单位", "各部门", "各单位", "相关", "有关")
_GOVERNMENTS = re.compile(r"[县市州区乡镇街道]{2,6}(人民政府|办事处|管委会)")
_COLLECTIVE = re.compile(r"各[县市州区乡镇街道（）()、]{1,8}")


@dataclass(frozen=True)
class Units:
    """The names read from one cell, and in Chinese what is doubtful about them."""

    names: tuple[str, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """The unit names known beforehand: from a list of units, and from unbroken cells of the document."""

    known: frozenset[str] = frozenset()

    def knows(self, name: str) -> bool:
        """Tell whether a name is one of the known ones, bracket widths aside."""
        return texts.key(name) in self.known

    def is_complete(self, name: str) -> bool:
        """Tell whether a text is a whole unit name: a known one, or one that ends as unit names end."""
        if self.knows(name):
            return True
        stem = re.sub(r"[（(][^（()）]*[)）]$", "", name) or name
        return len(stem) > 1 and not _UNFINISHED.fullmatch(stem) and _ENDING.fullmatch(stem) is not None


def lexicon(names: Iterable[str], cells: Iterable[str]) -> Lexicon:
    """Return the known names: the given ones, and each unbroken piece of a cell that is a whole name."""
    given = Lexicon(frozenset(texts.key(name) for name in names if texts.compact(name)))
    pieces = (piece.strip() for cell in cells for piece in texts.split_outside(cell, _SEPARATORS))
    whole = {texts.key(piece) for piece in pieces if not re.search(r"\s", piece) and given.is_complete(piece)}
    return Lexicon(given.known | {name for name in whole if len(name) > 2 and not set(name) & set("等()")})


def labelled(cell: str) -> tuple[str, str]:
    """Return the lead part and the other part of a cell like “牵头单位：…；配合单位：…”; else ("", cell)."""
    named = texts.split_outside(cell, _SEPARATORS)
    leading = [piece for piece in named if _LEADING.search(piece)]
    if leading:  # “区住建局（牵头）、区财政局”, “市司法局牵头，市财政局配合”
        rest = [piece for piece in named if piece not in leading]
        return "、".join(_LEADING.sub("", piece) for piece in leading), "、".join(rest)
    marks = list(_LABEL.finditer(cell))
    if not marks or not any(mark["lead"] for mark in marks):
        return "", _LABEL.sub("", cell)
    ends = [mark.start() for mark in marks[1:]] + [len(cell)]
    parts = [(mark["lead"], cell[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]
    return "、".join(text for lead, text in parts if lead), "、".join(text for lead, text in parts if not lead)


def split(cell: str, words: Lexicon) -> Units:
    """Return the units of a cell.

    Separators outside of brackets part them; so does a blank or line break between two whole names. A unit in
    brackets after a unit counts as a second one. “等” before a collective name parts as well.
    """
    names: list[str] = []
    doubts: list[str] = []
    if texts.is_blank(cell):
        return Units(())
    for piece in _rejoined(texts.split_outside(cell, _SEPARATORS), words):
        for name in _apart(piece.split(), words):
            found, doubt = _named(texts.clean(name), words)
            names += [one for one in found if one not in names]
            doubts += doubt
    return Units(tuple(names), tuple(doubts))


def _rejoined(pieces: Sequence[str], words: Lexicon) -> list[str]:
    """Join again what is one unit with a separator in its name: “各市州、县市区人民政府”, or a known name."""
    joined: list[str] = []
    for piece in pieces:
        above = texts.compact(joined[-1]) if joined else ""
        both = f"{above}、{texts.compact(piece)}"
        rest = texts.compact(piece)
        collective = _COLLECTIVE.fullmatch(above) and _GOVERNMENTS.fullmatch(rest)
        if joined and (words.knows(both) or collective):
            joined[-1] = both
        else:
            joined.append(piece)
    return joined


def _apart(tokens: Sequence[str], words: Lexicon) -> list[str]:
    """Join the broken pieces of names, and part whole names that only a blank or a line break divides."""
    names: list[str] = []
    for at, token in enumerate(tokens):
        if names and not _parts(names[-1], tokens[at:], words):
            names[-1] += token
        else:
            names.append(token)
    return names


def _parts(left: str, rest: Sequence[str], words: Lexicon) -> bool:
    """Tell whether a break between a name and the following tokens ends the name."""
    if len(left) > _LONGEST:
        return True
    reaches = ["".join(rest[:size]) for size in range(1, min(len(rest), _MOST_PIECES) + 1)]
    if any(words.knows(left + reach) for reach in reaches) or not words.is_complete(left):
        return False
    if any(words.knows(reach) for reach in reaches) and words.knows(left):
        return True
    right = next((reach for reach in reaches if words.is_complete(reach)), "")
    if not right or right[0] in "（(等" or _REST.fullmatch(right):
        return False
    if _LEVEL.match(right):
        return True
    return not (_PARTY_OR_GOVERNMENT.fullmatch(left) or (_LEVEL.match(left) and _BELOW_BUREAU.fullmatch(right)))


def _named(name: str, words: Lexicon) -> tuple[list[str], list[str]]:
    """Return the units of one piece: by brackets, by “等”, by “和”; with a doubt where it is no unit name."""
    if words.knows(name):
        return [name], []
    bracket = re.fullmatch(r"(.+?)[（(]([^（()）]+)[)）]", name)
    if bracket:
        inside = [part.strip() for part in re.split("[、，,；;和]", bracket[2])]
        if not bracket[1].startswith("各") and all(_is_second(part, words) for part in inside):
            found, doubts = _named(bracket[1], words)
            return [*found, *inside], doubts
    parted = re.fullmatch(r"(.+?)等(.*)", name)
    if parted and words.is_complete(parted[1]):
        return _with_others(parted[1], parted[2])
    for joint in re.finditer("以及|和|及|与", name):
        left, right = name[: joint.start()], name[joint.end() :]
        if words.is_complete(left) and words.is_complete(right) and not _REST.fullmatch(right):
            return [left, *_named(right, words)[0]], []
    if words.is_complete(name):
        return [name], []
    for bare in (_ACT.sub("", name), _TAIL.sub("", name)):
        if bare != name and (not bare or words.is_complete(bare)):
            return ([bare] if bare else []), []
    return [name], [f"“{name}”不像单位名称，照原文保留"]


def _is_second(part: str, words: Lexicon) -> bool:
    """Tell whether a text in brackets is a second unit, not a remark (“含…”) or a kind of area (“街道”)."""
    return words.is_complete(part) and not re.match(r"含|除|不含|各|([街乡镇道社区县市园村新高经开发]{2,4}$)", part)


def _with_others(first: str, others: str) -> tuple[list[str], list[str]]:
    """Return a unit and the collective after “等”; an open “等” names nobody, which is a doubt."""
    named = _TAIL.sub("", others) if others not in _OPEN_END and not others.endswith(("部门", "单位")) else others
    if named in _OPEN_END:
        return [first], [f"“{first}等{others}”未列全单位"]
    return [first, named], []
