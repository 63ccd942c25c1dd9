"""Addresses of meetings and minutes."""

from ethicsreview.interface.api.addresses import Reading, address
from workflows.api import meetings

urlpatterns = [
    address(
        "meetings",
        meetings.MeetingsDoor,
        get=Reading("meetings", "Meetings of the caller's committees"),
        post=meetings.PLAN,
    ),
    address(
        "meetings/<int:meeting>",
        meetings.MeetingDoor,
        get=Reading("meeting", "A meeting as the caller may see it now: room, agenda, motions, votes"),
    ),
    address("meetings/<int:meeting>/agenda", meetings.MeetingDoor, put=meetings.SET),
    address("meetings/<int:meeting>/convene", meetings.MeetingDoor, post=meetings.CONVENE),
    address("meetings/<int:meeting>/open", meetings.MeetingDoor, post=meetings.OPEN),
    address("meetings/<int:meeting>/arrive", meetings.MeetingDoor, post=meetings.ARRIVE),
    address("meetings/<int:meeting>/leave", meetings.MeetingDoor, post=meetings.LEAVE),
    address("meetings/<int:meeting>/close", meetings.MeetingDoor, post=meetings.CLOSE),
    address(
        "meetings/<int:meeting>/minutes",
        meetings.MinutesDoor,
        get=Reading("minutes", "The minutes, as far as the caller may read them"),
        put=meetings.DRAFT,
    ),
    address("meetings/<int:meeting>/minutes/approve", meetings.MinutesDoor, post=meetings.APPROVE),
    address(
        "cases/<str:ref>/minutes",
        meetings.CaseMinutesDoor,
        get=Reading("case_minutes", "Approved minutes, as far as they are about the case"),
    ),
]
