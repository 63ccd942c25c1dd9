"""Made-up values for templates/portal/style_guide.html, in both languages."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html

EN = {
    "title": "Triage assistant for community clinics",
    "reference": "AI-2026-0042 · version 2",
    "voting": "Voting",
    "tier": "Tier T4",
    "line": "accepted 3 June 2026 · general procedure",
    "documents": "Documents",
    "put_motion": "Put a motion",
    "vote": "Your vote",
    "motion": "Motion 1: approve with conditions",
    "in_favour": "In favour",
    "against": "Against",
    "abstain": "Abstain",
    "form": "Rating",
    "save": "Save",
    "plain": "Save as draft",
    "withdraw": "Withdraw",
    "link": "Go back",
    "issue": "Issue the decision",
    "why": "Only the chair may issue it.",
    "filter": "Filter",
    "cases": "Cases",
    "compare": "Where reviewers differ",
    "points": "Eight points",
    "genuine": "Genuine and unchanged",
    "genuine_text": "Signed on 12 June 2026. Nothing has been changed since.",
    "record": "Decision",
    "record_text": "The committee approves the activity within the scope described in version 2.",
    "clocks": "Clocks",
    "facts": "Facts",
    "people": "People",
    "all": "All",
    "report": "Report",
    "history": "History",
    "first": "Reasons are missing for two ratings",
    "second": "No member with a legal background is present",
    "article": "Art. 14",
    "draft": "Application",
    "check": "Formal check",
    "review": "Review",
    "meeting": "Meeting",
    "decision": "Decision",
    "committee": "Committee",
    "applicant": "Applicant",
    "reason": "Waiting for the applicant's supplement",
    "lead": "Project lead",
    "institute": "Institute of Clinical Computing",
    "chair": "Chair",
    "member": "Member",
    "conflict": "Recused",
    "late": "Overdue",
    "days": "Days left",
    "status": "Status",
    "text": "Words",
    "scale": "People can refuse an automated outcome",
    "scale_help": "Check who is told, when, and what happens next.",
    "unmet": "not met",
    "partly": "partly",
    "mostly": "mostly",
    "fully": "fully",
    "model": "a model",
    "evidence": "Evidence",
    "why_rating": "Reason",
    "pledge": "I have read the pledge and will keep it",
    "date": "Date of first use",
    "danger": "Withdraw the application?",
    "effect": "The review ends and nobody can vote any more.",
    "told": "The chair and three reviewers",
    "final": "This cannot be undone.",
    "empty": "No case awaits you",
    "empty_text": "New cases appear here as soon as the secretary assigns them to you.",
    "empty_action": "See all cases",
    "signing": "Making and signing the report",
    "render": "Typesetting",
    "sign": "Signing",
    "failed": "The report could not be signed",
    "key": "No signing key is ready. We try again in two minutes.",
    "apart": "differ by 3",
    "peer": "Reviewer",
    "spread": "Spread",
    "indicator": "Indicator",
    "notice": "Saved. The secretary has been told.",
}
ZH = {
    "title": "社区诊所智能分诊助手",
    "reference": "AI-2026-0042 · 第2版",
    "voting": "表决中",
    "tier": "T4 级",
    "line": "2026年6月3日受理 · 一般程序",
    "documents": "材料",
    "put_motion": "提出动议",
    "vote": "您的表决",
    "motion": "动议一：附条件批准",
    "in_favour": "赞成",
    "against": "反对",
    "abstain": "弃权",
    "form": "评分",
    "save": "保存",
    "plain": "存为草稿",
    "withdraw": "撤回",
    "link": "返回",
    "issue": "签发决定",
    "why": "仅主任委员可以签发。",
    "filter": "筛选",
    "cases": "案件",
    "compare": "审查意见分歧",
    "points": "八项要点",
    "genuine": "真实且未被改动",
    "genuine_text": "签署于2026年6月12日，此后未有任何改动。",
    "record": "审查决定",
    "record_text": "委员会批准该活动在第2版材料所述范围内开展。",
    "clocks": "计时",
    "facts": "基本情况",
    "people": "人员",
    "all": "全部",
    "report": "报告",
    "history": "办理记录",
    "first": "两项评分缺少理由",
    "second": "没有法律背景的委员到会",
    "article": "第十四条",
    "draft": "申请",
    "check": "形式审查",
    "review": "审查",
    "meeting": "会议",
    "decision": "决定",
    "committee": "委员会",
    "applicant": "申请人",
    "reason": "等待申请人补正",
    "lead": "项目负责人",
    "institute": "临床计算研究所",
    "chair": "主任委员",
    "member": "委员",
    "conflict": "回避",
    "late": "已逾期",
    "days": "剩余天数",
    "status": "状态",
    "text": "关键词",
    "scale": "当事人可以拒绝自动化结果",
    "scale_help": "核对告知对象、告知时间以及后续处理。",
    "unmet": "不符合",
    "partly": "部分符合",
    "mostly": "大部分符合",
    "fully": "完全符合",
    "model": "堪为范例",
    "evidence": "证据材料",
    "why_rating": "理由",
    "pledge": "我已阅读并将遵守承诺书",
    "date": "首次使用日期",
    "danger": "确定撤回申请？",
    "effect": "审查即告终止，任何人不能再表决。",
    "told": "主任委员及三名审查委员",
    "final": "此操作不可撤销。",
    "empty": "没有待办案件",
    "empty_text": "秘书指派案件后，将立即显示在此处。",
    "empty_action": "查看全部案件",
    "signing": "正在生成并签署报告",
    "render": "排版",
    "sign": "签署",
    "failed": "报告未能签署",
    "key": "签名密钥尚未就绪，两分钟后自动重试。",
    "apart": "相差3分",
    "peer": "审查委员",
    "spread": "分歧",
    "indicator": "指标",
    "notice": "已保存，并已通知秘书。",
}
POINTS = {
    "human-rights": ("Human rights", "人权"),
    "sustainability": ("Sustainability", "可持续"),
    "culture": ("Culture", "文化"),
    "privacy": ("Privacy", "隐私"),
    "fairness": ("Fairness", "公平"),
    "security": ("Security", "安全"),
    "transparency": ("Transparency", "透明"),
    "accountability": ("Accountability", "问责"),
}


def icon_names() -> list[str]:
    """Every name in the sprite, in its order."""
    sprite = (settings.BASE_DIR / "ethicsreview/static/icons.svg").read_text()
    return re.findall(r'<symbol id="([a-z-]+)"', sprite)


def guide_form(words: dict[str, str], *, bound: bool) -> forms.Form:
    """One field of each kind; bound with nothing, so that every error shows."""
    steps = [words["unmet"], words["partly"], words["mostly"], words["fully"], words["model"]]
    fields: dict[str, forms.Field] = {
        "rating": forms.ChoiceField(
            label=words["scale"],
            help_text=words["scale_help"],
            choices=[(str(n), format_html("<strong>{}</strong> {}", n, word)) for n, word in enumerate(steps)],
            widget=forms.RadioSelect(attrs={"class": "scale"}),
        ),
        "reason": forms.CharField(label=words["why_rating"], widget=forms.Textarea, max_length=2000),
        "first_use": forms.DateField(label=words["date"], widget=forms.DateInput(attrs={"type": "date"})),
        "evidence": forms.FileField(label=words["evidence"], required=False, widget=forms.FileInput),
        "team": forms.MultipleChoiceField(
            label=words["people"],
            required=False,
            choices=[("a", words["chair"]), ("b", words["member"])],
            widget=forms.CheckboxSelectMultiple,
        ),
        "pledge": forms.BooleanField(label=words["pledge"]),
    }
    form_class = type("GuideForm", (forms.Form,), fields)
    return form_class({"rating": "3"} if bound else None)


def filter_form(words: dict[str, str]) -> forms.Form:
    """The small form above a list."""
    fields = {
        "status": forms.ChoiceField(label=words["status"], choices=[("v", words["voting"])], required=False),
        "text": forms.CharField(label=words["text"], required=False),
    }
    return type("FilterForm", (forms.Form,), fields)(prefix="filter")


def _lists(w: dict[str, str]) -> dict[str, Any]:
    names = ["Lin", "Abara", "Sokolova"]
    rows = [
        {"title": w["title"], "reference": "AI-2026-0042", "status": w["voting"], "tone": "active", "days": 12},
        {"title": w["record"], "reference": "AI-2026-0007", "status": w["late"], "tone": "bad", "days": -3, "late": 1},
        {"title": w["institute"], "reference": "AI-2026-0031", "status": w["fully"], "tone": "good", "days": 140},
    ]
    scores = [(4, 3, 4), (0, 3, 2), (2, 1, None)]
    return {
        "rows": rows,
        "columns": [w["cases"], "№", w["status"], w["days"]],
        "compare_columns": [w["indicator"], *names, w["spread"]],
        "compare_rows": [
            {
                "label": label,
                "apart": w["apart"] if row[0] == 0 else "",
                "scores": [{"who": who, "value": value} for who, value in zip(names, row, strict=True)],
            }
            for label, row in zip([w["scale"], w["first"], w["pledge"]], scores, strict=True)
        ],
        "filters": [
            {"label": w["status"], "value": w["voting"], "remove_url": "#lists"},
            {"label": w["committee"], "value": w["institute"], "remove_url": "#lists"},
        ],
        "clear_url": "#lists",
        "tabs": [
            {"label": w["all"], "url": "#lists", "current": True, "count": 128},
            {"label": w["voting"], "url": "#lists", "count": 3},
            {"label": w["late"], "url": "#lists", "count": 0},
        ],
        "page": {"previous_url": "#lists", "next_url": "#lists", "total": 128},
        "figures": [
            {"value": 4, "label": w["voting"]},
            {"value": 1, "label": w["late"], "late": True},
            {"value": 128, "label": w["all"]},
        ],
    }


def _side(w: dict[str, str]) -> dict[str, Any]:
    return {
        "clocks": [
            {
                "label": w["committee"],
                "used": 18,
                "limit": 30,
                "left": 12,
                "due": date(2026, 7, 3),
                "state": "running",
            },
            {"label": w["applicant"], "used": 9, "limit": 30, "state": "paused", "reason": w["reason"]},
            {"label": w["decision"], "used": 33, "limit": 30, "over": 3, "state": "overdue", "article": w["article"]},
            {"label": w["check"], "used": 4, "state": "stopped"},
        ],
        "facts": [
            {"label": w["lead"], "value": "Lin"},
            {"label": w["committee"], "value": w["institute"], "url": "#main"},
            {"label": w["status"], "value": w["voting"], "note": w["line"]},
        ],
        "people": [
            {"name": "Lin", "role": w["chair"]},
            {"name": "Abara", "role": w["member"], "chip": w["conflict"], "tone": "warn"},
        ],
        "works": [
            {
                "label": w["signing"],
                "steps": [{"label": w["render"], "state": "done"}, {"label": w["sign"], "state": "current"}],
            },
            {"label": w["failed"], "state": "failed", "note": w["key"]},
        ],
        "events": [
            {"at": datetime(2026, 6, 12, 8, 30, tzinfo=UTC), "text": w["put_motion"], "actor": "Lin"},
            {"at": datetime(2026, 6, 3, 2, 0, tzinfo=UTC), "text": w["check"], "actor": "Abara", "tone": "good"},
        ],
    }


def guide(language: str, *, bound: bool = False) -> dict[str, Any]:
    """The whole context of the style guide; ``bound`` shows the form with its errors."""
    w = ZH if language == "zh-hans" else EN
    column = 1 if language == "zh-hans" else 0
    states = ["done", "done", "current", "blocked", "todo"]
    labels = [w["draft"], w["check"], w["review"], w["meeting"], w["decision"]]
    return {
        "words": w,
        "user": SimpleNamespace(is_authenticated=True, name="Abara", name_zh="", email="abara@example.org"),
        "navigation": [
            {"label": w["all"], "url": "#main", "current": True, "count": 0},
            {"label": w["cases"], "url": "#lists", "current": False, "count": 4},
            {"label": w["meeting"], "url": "#vote", "current": False, "count": 0},
        ],
        "unread_notices": 3,
        "breadcrumb": [{"label": w["cases"], "url": "#lists"}, {"label": "AI-2026-0042"}],
        "steps": [
            {"label": label, "state": state, "note": "2026-06-03" if state == "done" else ""}
            for label, state in zip(labels, states, strict=True)
        ],
        "needed": [
            {"text": w["first"], "article": w["article"], "url": "#form"},
            {"text": w["second"], "article": w["article"], "who": w["chair"], "tone": "bad"},
        ],
        "nothing": [],
        "livebar": [{"label": w["member"], "value": "6 / 9"}, {"label": w["conflict"], "value": "1"}],
        "tally": [{"label": w["in_favour"], "value": 5}, {"label": w["against"], "value": 1}],
        "form": guide_form(w, bound=bound),
        "filter_form": filter_form(w),
        "points": [
            {"icon": f"point-{slug}", "label": names[column], "value": f"{4 - number * 0.4:.1f}"}
            for number, (slug, names) in enumerate(POINTS.items())
        ],
        "notices": [
            {"tone": tone, "title": w["notice"], "text": w["key"]} for tone in ("info", "good", "warn", "bad")
        ],
        "confirm": {
            "title": w["danger"],
            "effects": [w["effect"]],
            "people": [w["told"]],
            "final": w["final"],
            "action": w["withdraw"],
            "danger": True,
            "back_url": "#main",
        },
        "empty_title": w["empty"],
        "empty_text": w["empty_text"],
        "empty_url": "#lists",
        "empty_action": w["empty_action"],
        "icons": icon_names(),
        **_lists(w),
        **_side(w),
    }
