"""Guess of an encoding that is not Unicode, by how likely the letters it gives are together.

A class list is a handful of words, too short for the counts of byte pairs that general detectors go by. So every
encoding in question reads the text, and each character is weighed by how often its language writes it: Hangul by its
letters, Chinese characters by a list of those that are met, Latin and Cyrillic by their case and neighbours.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from boxwright.domain.messages import Message

_INITIALS = (14, 1, 7, 9, 1, 8, 6, 6, 0.4, 9, 0.6, 22, 9, 0.3, 3.5, 1.5, 2, 2, 6)
_VOWELS = (20, 6, 1, 0.05, 11, 6, 5, 0.7, 10, 2, 0.3, 1, 1.5, 7, 1, 0.1, 0.7, 1, 9, 2, 17)
_FINALS = (
    52, 5.5, 0.2, 0.05, 14, 0.05, 0.3, 0.6, 8.5, 0.1, 0.05, 0.05, 0.005, 0.01, 0.005, 0.1, 4.5, 2, 0.3, 2, 2, 7, 0.3,
    0.2, 0.05, 0.3, 0.3, 0.1,
)  # fmt: skip
# The characters that make up most of what is written, and those of words that classes are named by.
_MET = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多"
    "经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性"
    "知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次"
    "度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建"
    "务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路"
    "记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运笔"
    "猫狗犬鸟鱼羊牛猪鸡鸭鹅兔鼠虎狮熊猴蛇龟虫蚁蜂蝶车辆轿卡货客汽摩托船舶飞箭桥楼房屋树木林花草叶苹蕉橙葡萄桃梨瓜菜肉米包瓶杯碗盘"
    "刀叉勺桌椅床灯箱帽鞋衣裤裙套镜脸发耳鼻嘴牙臂腿脚男孩童背火焰烟雾裂纹划痕缺陷破损脏污孔洞凹凸焊缝螺丝钉母垫片齿轮轴承线绝缘"
    "标志牌红绿黄蓝黑灰号斑球拍网篮足排羽毛纸脑键屏幕相视冰洗调垃圾桶桃杆塔井盖坑锈油漏料板块石土沙砖玻璃塑胶布药针管血细胞菌骨肺"
    "肝胃心脏病害稻麦玉棉豆茶烟农田塘湖江河岸港站台轨铁梁柱墙窗锁钥伞袋盒罐筒糖盐酒奶蛋饼糕饭汤锅炉壶扇表钟梯绳链钩夹钳锤锯钻"
    "貓鳥魚豬雞鴨車輛貨機飛橋樓樹葉蘋葡鏡臉髮燈帽裂紋劃缺陷損髒號標誌紅綠黃藍線網鐵鋼門窗電腦個來時會國對發說學這們為東馬長見問"
)
_NOUNS = frozenset(
    "고양이강아지개소말닭돼쥐새물기오리곰여우늑대뱀벌레사람남자여아동어린노인보행운전작업자차승용트럭버스택시오토바이전거킥드배비행"
    "헬멧안모조끼마스크장갑화연불꽃소등신호표판건널목횡단도로선과포딸바나수박토감귤쌀콩밀벼꽃잎뿌줄병충해결함균열긁힘찍눌림녹먼얼룩"
    "오염불량정상볼너나못링홈핀칩납땜기판회로컵접시그릇칼가위젓숟의책상침문창벽얼굴머손발눈코입귀팔다리가방신옷모시계공책연필쓰레캔"
    "유플라틱종봉투뚜껑집깃털풀흙돌쇠철관통굴삭크레인컨테너파이프밸브텐십짐포클레인빵떡밥국닻돛삽톱못집게끈붓펜풍선총탄폭드론헬기"
)
_LATIN_RUN = -2.0
_ASCII_NEIGHBOUR = -3.0
_PLAIN = -3.4
_STRANGE = -16.0
_DOUBT = 4.0
_MOST_RUNS = 300
_RUN = re.compile(r"[A-Za-z]?[^\x00-\x7f]+[A-Za-z]?")


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text with the encoding it was read in.

    A text and how it was read. `title`: the encoding as people call it. `rival`: another that is hardly less
    likely, "" when there is none, and `rival_word` what the first word would be then.
    """

    text: str
    title: str
    word: str
    rival: str = ""
    rival_word: str = ""


def guessed(data: bytes) -> DecodedText:
    """`data`, which is not Unicode, by the likeliest encoding that reads all of it."""
    found: list[tuple[float, str, str]] = []
    for codec, title, prior, weigh in _CANDIDATES:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        found.append((prior + _likelihood(text, weigh), title, text))
    found.append((-math.inf, "Latin-1", data.decode("latin-1")))
    found.sort(key=lambda reading: -reading[0])
    best, second = found[0], found[min(1, len(found) - 1)]
    if best[0] - second[0] < _DOUBT and _word(best[2]) != _word(second[2]):
        return DecodedText(best[2], best[1], _word(best[2]), second[1], _word(second[2]))
    return DecodedText(best[2], best[1], _word(best[2]))


def _word(text: str) -> str:
    """The first word that is not plain ASCII."""
    found = re.search(r"[^\W_]*[^\x00-\x7f][^\W_]*", text)
    return found.group()[:40] if found else ""


def _likelihood(text: str, weigh: Callable[[str], float]) -> float:
    runs = dict.fromkeys(match.group() for _, match in zip(range(_MOST_RUNS), _RUN.finditer(text), strict=False))
    return sum(weigh(run) for run in runs)


@cache
def _hangul(char: str) -> float:
    if char in _NOUNS:
        return -6.0
    number = ord(char) - 0xAC00
    if not 0 <= number < 11172:
        return -14.0
    initial, rest = divmod(number, 588)
    vowel, final = divmod(rest, 28)
    share = _INITIALS[initial] / 115 * _VOWELS[vowel] / 103 * _FINALS[final] / 102
    return max(math.log(share), -15.0)


def _chinese(char: str) -> float:
    if char in _MET:
        return -7.0
    try:
        lead = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return _STRANGE
    return -9.5 if 0xB0 <= lead <= 0xD7 else -13.0


def _traditional(char: str) -> float:
    if char in _MET:
        return -7.0
    return -9.5 if b"\xa4\x40" <= char.encode("big5", errors="replace") <= b"\xc6\x7e" else -14.0


def _japanese(char: str) -> float:
    if "\u3041" <= char <= "\u30fe":
        return -5.5
    if "\uff61" <= char <= "\uff9f":
        return -6.0
    code = char.encode("cp932", errors="replace")
    return -8.5 if len(code) == 2 and b"\x88\x9f" <= code <= b"\x98\x72" else -14.0


def _by_pairs(weigh_one: Callable[[str], float]) -> Callable[[str], float]:
    """Of a script whose characters take two bytes: letters of ASCII are seldom glued to it."""

    def weigh(run: str) -> float:
        total = sum(_PLAIN if char.isascii() else weigh_one(char) for char in run)
        return total + _ASCII_NEIGHBOUR * (run[0].isascii() + run[-1].isascii())

    return weigh


def _cyrillic(run: str) -> float:
    total = 0.0
    for index, char in enumerate(run):
        if char.isascii():
            total += _PLAIN + 2 * _ASCII_NEIGHBOUR
        elif "\u0410" <= char <= "\u044f" or char in "Ёё":
            inside = index > 0 and run[index - 1].islower() and char.isupper()
            begins_oddly = index == 0 and char.lower() in "ьъы"
            total += (-3.5 if char.islower() else -5.0) - 4 * (inside + begins_oddly)
        elif char.isalpha():
            total -= 9.0
        else:
            total -= 12.0
    return total


def _latin(run: str) -> float:
    total = 0.0
    for index, char in enumerate(run):
        if char.isascii():
            total += _PLAIN
        elif char.isalpha() and char not in "ªº":
            glued = index > 0 and not run[index - 1].isascii()
            inside = index > 0 and run[index - 1].islower() and char.isupper()
            total += (-3.5 if char.islower() else -5.0) + (glued + inside) * _LATIN_RUN
        else:
            total -= 10.0
    return total


# (codec, what people call it, how likely before a letter is seen, the weight of a run)
_CANDIDATES: tuple[tuple[str, str, float, Callable[[str], float]], ...] = (
    ("cp949", Message("Korean (CP949)"), 0.0, _by_pairs(_hangul)),
    ("gb18030", Message("Chinese (GB18030)"), 0.0, _by_pairs(_chinese)),
    ("cp932", Message("Japanese (Shift-JIS)"), 0.0, _by_pairs(_japanese)),
    ("big5", Message("Chinese (Big5)"), -3.0, _by_pairs(_traditional)),
    ("cp1251", Message("Cyrillic (Windows-1251)"), -1.5, _cyrillic),
    ("cp1252", Message("Western European (Latin-1)"), 0.0, _latin),
    ("cp1250", Message("Central European (Windows-1250)"), -1.5, _latin),
)
