"""How well people's own words find the right thing in the catalogue of 洪湖. Thirty phrases written before the synonyms were widened."""

from __future__ import annotations

import pytest

from tongban.search import queries

pytestmark = [pytest.mark.usefixtures("honghu", "own_caches")]

PHRASES = {
    "我想在街上盘个门面卖早点": "food-business-licence business-licence",
    "老公司名字要改一下": "honghu-06 company-change",
    "娃娃今年六岁了要读书了在哪报名": "honghu-15 school-enrolment",
    "从深圳回来养老保险怎么转回老家": "pension-relation-transfer",
    "厂里工人出事故死了家里人能拿多少钱": "honghu-04 work-death-assessment work-death-grant",
    "贷点款做小生意": "startup-loan honghu-02",
    "家里房子卖给亲戚怎么过户": "honghu-38 resale-transfer-registration",
    "电表名字还是前房东的": "electricity-user-transfer honghu-38",
    "养了几条船想搞个鱼庄吃饭住宿": "honghu-17",
    "开个私人诊所每年要审": "honghu-11 medical-institution-verification",
    "公司不想开了税务那边怎么弄": "tax-deregistration honghu-07",
    "新来的员工要上社保": "employee-insurance-enrolment honghu-03",
    "有个工人走了社保要停": "employee-insurance-removal honghu-05",
    "门口做个灯箱广告要不要批": "signboard-guidance outdoor-advert-permit",
    "跑大货车要什么证": "road-freight-licence honghu-08",
    "卖烟要办证吗": "tobacco-retail-licence honghu-36",
    "我儿子大学毕业了档案放哪里": "archive-reception honghu-01",
    "一个人干没单位自己买社保": "flexible-employment-insurance",
    "新小区交房能马上拿房产证吗": "honghu-39 first-and-transfer-registration",
    "工地要开工了少哪个证": "construction-permit honghu-26 honghu-30 honghu-34",
    "厂房盖好了要验收": "honghu-35 honghu-31 fire-acceptance fire-acceptance-combined",
    "村里想做莲子粉卖到超市": "food-production-licence honghu-37",
    "刻个公章": "seal-filing",
    "公司开户要去哪个银行": "bank-account",
    "给小狗打针的店": "honghu-19 veterinary-licence",
    "洗车的水往下水道排": "drainage-permit honghu-23",
    "请戏班子来唱几天戏": "performance-permit honghu-10",
    "党员关系从学校转回来": "party-membership-transfer",
    "社保卡掉了": "social-security-card",
    "开网约房给游客住": "honghu-12 hotel-special-trade-licence honghu-17",
}

# Written after the synonyms had been widened, before they were tried; two of them were not found at first.
LATER = {
    "我和朋友想合伙弄个火锅店": "food-business-licence business-licence",
    "家里有几间空房想当民宿出租给游客": "honghu-12 hotel-special-trade-licence honghu-17",
    "跑滴滴没有单位怎么交养老": "flexible-employment-insurance",
    "想在学校旁边卖文具和练习册": "honghu-20 publication-retail-licence",
    "孩子九月份上一年级要准备什么": "honghu-15 school-enrolment",
    "爸妈的房子想转到我名下": "resale-transfer-registration honghu-38",
    "买的新房什么时候能拿到红本本": "honghu-39 first-and-transfer-registration",
    "天然气户主换成我的名字": "gas-user-transfer honghu-38",
    "水费单上还是以前的人": "water-user-transfer honghu-38",
    "给厂里新招的二十个工人交五险": "employee-insurance-enrolment honghu-03",
    "员工辞职了要办哪些手续": "honghu-05 employee-insurance-removal",
    "公司换了新老板怎么变更": "honghu-06 company-change",
    "营业执照丢了不想干了想注销": "company-deregistration honghu-07",
    "我老公在工地上摔死了能赔多少": "honghu-04 work-death-assessment work-death-grant",
    "上班路上出车祸住院的钱能报吗": "injury-medical-benefit",
    "想贷款开个养鸡场": "startup-loan honghu-02",
    "大学生回乡创业有什么补助": "startup-subsidy honghu-02",
    "在武汉交的社保能不能转回洪湖": "pension-relation-transfer",
    "社保卡磁条坏了刷不了": "social-security-card",
    "下岗在家去哪里登记": "employment-registration",
    "毕业后档案还在学校怎么办": "archive-reception honghu-01",
    "学生党员毕业关系转到哪里": "party-membership-transfer",
    "开个理发的小店": "honghu-14 honghu-40",
    "租了个门面做美甲": "honghu-14",
    "想盘下一个足浴店": "public-place-hygiene-licence",
    "卖水果的摊位要办执照吗": "honghu-18 business-licence",
    "街上开个小超市卖烟卖酒": "tobacco-retail-licence honghu-36 honghu-18",
    "莲藕加工厂需要什么许可": "honghu-37 food-production-licence",
    "想买辆货车拉沙石": "road-freight-licence honghu-08",
    "办个劳务公司往外地送工人": "honghu-09 labour-dispatch-licence",
    "替工厂找人收中介费": "hr-service-licence honghu-09",
    "想请歌舞团来商场表演": "performance-permit honghu-10",
    "开牙科诊所到期要校验": "honghu-11 medical-institution-verification",
    "牙片机每年都要验吗": "radiology-verification honghu-11",
    "开个给猫狗洗澡看病的店": "honghu-19 veterinary-licence",
    "工地食堂要不要证": "honghu-21 food-business-licence",
    "卖油漆稀释剂": "honghu-22 hazchem-trade-licence",
    "想开洗车场": "honghu-23",
    "饭店污水管接到市政管道": "drainage-permit",
    "店铺开张前消防队要来看吗": "fire-safety-opening-check",
    "换个门头招牌": "signboard-guidance signboard-rules-query",
    "在楼顶立一个大广告牌": "outdoor-advert-permit",
    "公司公章丢了重新刻": "seal-filing",
    "给公司开个基本户": "bank-account",
    "新公司第一次领发票": "tax-onboarding",
    "公司会计换人税务局要改吗": "tax-registration-change",
    "单位漏交了几个月社保想补": "social-insurance-arrears",
    "给员工办公积金": "new-hire-housing-fund",
    "村委会修路项目要批吗": "honghu-24 gov-project-proposal",
    "买了块地要建工厂先跑哪里": "honghu-32 honghu-33 land-planning-permit enterprise-project-filing",
    "项目备案在哪办": "enterprise-project-filing",
    "施工图纸送哪里审": "construction-drawing-review",
    "厂房完工了找谁来验": "honghu-35 honghu-31 fire-acceptance",
    "领施工证": "construction-permit",
    "地下车库人防费怎么算": "civil-defence-approval",
    "小区绿化做完了要验收": "landscape-acceptance-filing",
    "开印名片的店": "printing-other-licence honghu-16",
    "盲人想开推拿店": "honghu-13",
    "查我名下有没有房子": "property-record-query",
    "给孩子开疫苗接种证明": "vaccination-query",
    "派出所开亲属关系证明": "household-certificate-query",
    "死了老公孩子每月有没有补助": "dependant-pension honghu-04",
    "网上卖零食": "prepacked-food-filing",
    "不知道自己适合做什么工作": "career-guidance",
    "帮我介绍个工作": "job-placement",
    "领失业金的人我们招了": "unemployment-benefit-stop honghu-03",
}


def missing(phrases: dict[str, str]) -> list[str]:
    """Return the phrases whose right thing is not among the first three, with what stands there."""
    lost = []
    for phrase, right in phrases.items():
        first = [hit.code for hit in queries.find(phrase, pack="honghu")][:3]
        if not set(first) & set(right.split()):
            lost.append(f"{phrase}: {first}")
    return lost


@pytest.mark.parametrize("phrases", [PHRASES, LATER], ids=["first", "later"])
def test_nine_of_ten_phrases_find_the_right_thing_among_the_first_three(phrases: dict[str, str]) -> None:
    lost = missing(phrases)
    assert len(lost) <= len(phrases) // 10, lost
