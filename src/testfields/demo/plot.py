"""What happens in the demo: the projects, and how many applications come to stand where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from testfields.projects.fields import Plan
from testfields.projects.vocabulary import Answer, Theme
from testfields.reservations.rules import State
from testfields.sites.vocabulary import Use


def _plan(ja: str, en: str, purpose: str, theme: str, use: str, equipment: str, public: bool, **flight: Any) -> Plan:
    safety = "立入管理措置をとり、監視員を配置します。異常時は非常停止し、所有者と消防・警察へ連絡します。"
    return Plan(
        title_ja=ja,
        title_en=en,
        purpose=purpose,
        theme=Theme(theme),
        use=Use(use),
        equipment=equipment,
        safety_plan=safety,
        name_public=public,
        plan_public=public,
        **flight,
    )


# Two or three to each company of the cast, in its order.
PROJECTS: Sequence[Sequence[Plan]] = (
    (
        _plan(
            "湾岸部での医薬品配送ドローンの実証",
            "Medicine delivery by drone along the bay",
            "災害時にも薬を届けられる配送経路と離着陸手順を確かめます。",
            "logistics",
            "drone",
            "マルチコプター 2機（最大離陸重量 9.8 kg）、パラシュート付き",
            True,
            mass_g=9800,
            registration="JU0123456789",
            remote_id=Answer.YES,
            beyond_sight=Answer.YES,
            near_people=Answer.NO,
            over_event=Answer.NO,
            dangerous_goods=Answer.NO,
            drops=Answer.YES,
        ),
        _plan(
            "物流ドローンの夜間離着陸灯の試験",
            "Landing lights for delivery drones at dusk",
            "薄暮の離着陸で機体と離着陸場の見え方を確かめます。",
            "logistics",
            "drone",
            "マルチコプター 1機、可搬式離着陸灯",
            False,
        ),
    ),
    (
        _plan(
            "小型自動運転バスの停留所正着制御",
            "Docking a small self-driving bus at its stop",
            "車いすで乗り降りできる距離に停める制御を確かめます。",
            "mobility",
            "vehicle",
            "小型電動バス 1台（定員 9名、最高 19 km/h）",
            True,
        ),
        _plan(
            "雨天時の自動運転車の障害物検知",
            "Obstacle detection of automated vehicles in rain",
            "散水設備を使い、雨の中での検知距離を測ります。",
            "mobility",
            "vehicle",
            "乗用車型試験車 2台、散水車 1台",
            True,
        ),
    ),
    (
        _plan(
            "公園での荷物搬送ロボットと歩行者の共存",
            "Delivery robots and pedestrians sharing a park path",
            "人の多い園路で譲り合う動きを確かめます。",
            "logistics",
            "robot",
            "搬送ロボット 3台（最高 6 km/h）",
            True,
        ),
        _plan(
            "草刈りロボットの群制御",
            "A fleet of mowing robots",
            "複数台で分担して草を刈る計画づくりを確かめます。",
            "environment",
            "robot",
            "草刈りロボット 5台",
            False,
        ),
    ),
    (
        _plan(
            "橋梁点検ドローンの近接撮影",
            "Close-up bridge inspection by drone",
            "非 GNSS 環境での近接撮影の精度を測ります。",
            "inspection",
            "drone",
            "点検用ドローン 2機、模擬橋梁",
            True,
        ),
        _plan(
            "法面点検ロボットの走行試験",
            "Slope inspection robots",
            "雨上がりの斜面での走破性を確かめます。",
            "disaster",
            "robot",
            "クローラ型ロボット 1台",
            True,
        ),
    ),
    (
        _plan(
            "移動基地局による災害時通信の確保",
            "Emergency coverage by a mobile base station",
            "係留ドローンに載せた中継局の通信範囲を測ります。",
            "communications",
            "telecom",
            "係留ドローン 1機、移動基地局車 1台",
            True,
        ),
        _plan(
            "ローカル5Gによる遠隔監視の遅延測定",
            "Latency of remote supervision over private 5G",
            "遠隔監視に必要な映像の遅れと安定性を測ります。",
            "communications",
            "vehicle",
            "遠隔監視車 1台",
            False,
        ),
    ),
    (
        _plan(
            "被災者捜索ドローンの自律探索",
            "Autonomous search for casualties by drone",
            "模擬被災地で、捜索の網羅率と時間を測ります。",
            "disaster",
            "drone",
            "小型ドローン 4機",
            True,
        ),
        _plan(
            "高齢者見守りロボットの屋外走行",
            "Outdoor runs of a companion robot for the elderly",
            "屋外での追従と見守りの精度を確かめます。",
            "welfare",
            "robot",
            "見守りロボット 2台",
            True,
        ),
    ),
)


@dataclass(frozen=True)
class Scene:
    """`count` applications that come to stand at `state`, for days counted from today (both ends included)."""

    state: State
    count: int
    first_day: int
    last_day: int


# In this order, so that what is on now finds its place first.
SCENES: Sequence[Scene] = (
    Scene(State.ACTIVE, 4, 0, 0),
    Scene(State.CONFIRMED, 6, 0, 1),
    Scene(State.REPORTED, 9, -7, -2),
    Scene(State.COMPLETED, 5, -3, -1),
    Scene(State.NO_SHOW, 1, -4, -1),
    Scene(State.REVOKED, 1, -5, 3),
    Scene(State.CANCELLED, 3, -5, 5),
    Scene(State.EXPIRED, 2, -6, -1),
    Scene(State.REJECTED, 3, -3, 6),
    Scene(State.WITHDRAWN, 3, -3, 7),
    Scene(State.CONFIRMED, 16, 1, 8),
    Scene(State.SUBMITTED, 13, 4, 12),
    Scene(State.RETURNED, 3, 5, 12),
    Scene(State.HELD, 4, 5, 12),
    Scene(State.DRAFT, 3, 5, 12),
)
# Applications for what is taken by a submitted one: the conflict that waits to be decided.
WAITING = 2
CONDITIONS = (
    "監視員を2名以上置いてください。",
    "実証の開始前に管理事務所へ声をかけてください。",
    "来園者が多い場合は中断してください。",
    "",
)
REASONS = {
    State.RETURNED: "安全計画に、歩行者が立ち入った場合の停止手順を書き足してください。",
    State.REJECTED: "同じ日に公園の行事があり、来園者の安全を確保できないため。",
    State.REVOKED: "台風の接近により、設備の安全を確保できなくなったため。",
    State.REPORTED: "予定した走行・飛行をすべて終えました。事故や異常はありませんでした。",
    State.WITHDRAWN: "機体の整備が間に合わないため。",
    State.CANCELLED: "実証の計画を見直すため。",
}
