#!/usr/bin/env python3
"""Nine people and the interface for programs alone: a case from application to signed PDF, then an assessment from
first answer to certificate.

    script/demo                                     makes .data/demo/tokens.json, a token for each of the nine
    script/example.py ADDRESS .data/demo/tokens.json

A recommended tier stands under public notice for as many days as the scheme says. Nothing can shorten them: where
they still run, the example keeps where it stands in ``example.json`` beside the tokens and ends with code 3. Run
again when the notice is over, it goes on to the certificate. Any Python from 3.11 runs it; it installs nothing.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

UNFINISHED = 3
PATIENCE = 240  # seconds a signed document may take
PAPER = b"Plan of the activity.\n"
Json = dict[str, Any]


class Person:
    """Somebody's program: each call carries the token, each change a key that keeps it from happening twice."""

    def __init__(self, address: str, given: Json | None = None) -> None:
        self.base = address.rstrip("/") + "/api/v1/"
        self.token, self.password = (given or {}).get("token", ""), (given or {}).get("password", "")

    def get(self, path: str, **query: Any) -> Any:
        """What stands at the address."""
        return json.loads(self.read(path + ("?" + urllib.parse.urlencode(query) if query else "")))

    def read(self, path: str) -> bytes:
        """The bytes at the address."""
        return self._call("GET", path, None, {})

    def post(self, path: str, **body: Any) -> Any:
        """Do what the address names; empty where the caller may not see what became of it."""
        return self.change("POST", path, body)

    def put(self, path: str, **body: Any) -> Any:
        """Write what stands at the address anew."""
        return self.change("PUT", path, body)

    def change(self, method: str, path: str, body: Json) -> Any:
        """Any change, with a JSON body."""
        told = self._call(method, path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        return json.loads(told or b"{}")

    def send(self, path: str, name: str, content: bytes, **fields: str) -> Any:
        """A file with its fields, as a form sends it."""
        edge = uuid.uuid4().hex
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{fields[key]}' for key in fields]
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n')
        body = "\r\n".join(parts).encode() + b"\r\n" + content + f"\r\n--{edge}--\r\n".encode()
        return json.loads(self._call("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={edge}"}))

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
            if method != "GET":
                headers["Idempotency-Key"] = str(uuid.uuid4())
        request = urllib.request.Request(self.base + path, body, headers, method=method)  # noqa: S310  the user's own
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  the user's own
                return bytes(answer.read())
        except urllib.error.HTTPError as refused:
            sys.exit(f"{method} {path}: {refused.code} {refused.read().decode(errors='replace')}")


def signed(person: Person, path: str, kind: str) -> Json:
    """The signed documents of this kind by language, once the worker has made them."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        rows = [row for row in person.get(path)["reports"] if row["kind"] == kind]
        if rows and all(row["state"] == "signed" for row in rows):
            return {row["language"]: row for row in rows}
        time.sleep(0.5)
    sys.exit(f"{path}: not signed within {PATIENCE} s")


def checked(public: Person, pdf: bytes) -> str:
    """The register's word for a file anybody may ask about."""
    told = public.send("verify", "document.pdf", pdf)
    if not told["genuine"]:
        sys.exit(f"the register does not know its own document: {told}")
    return f"{told['title']} ({told['code']})"


# -- a case -----------------------------------------------------------------------------------------------------------


def apply(applicant: Person, committee: int) -> str:
    """An application with all its answers and documents, handed in; the reference."""
    organisation = next(role["organisation"] for role in applicant.get("me")["roles"] if role["role"] == "applicant")
    ref = applicant.post("cases", committee=committee, organisation=organisation)["ref"]
    while open_items := unanswered(applicant.get(f"cases/{ref}/application")):  # an answer can bring further questions
        answers = {one["code"]: answer_to(one) for one in open_items if one["kind"] != "files"}
        applicant.change("PATCH", f"cases/{ref}/application", {"answers": answers})
        for one in open_items:
            if one["kind"] == "files":
                applicant.send(f"cases/{ref}/files", f"{one['code']}.txt", PAPER, item=one["code"])
    digest = applicant.get(f"cases/{ref}/application")["digest"]
    return str(applicant.post(f"cases/{ref}/submit", pledge=True, seen=digest)["ref"])


def unanswered(application: Json) -> list[Json]:
    """What is asked and stands empty; the pledge goes with the handing in."""
    items = [one for one in application["items"] if one["asked"] and one["kind"] != "pledge"]
    return [one for one in items if not (one["files"] if one["kind"] == "files" else one["value"])]


def answer_to(item: Json) -> Any:
    """Something that fits the item: no to a question, else the first of what can be chosen."""
    day = f"{datetime.now(UTC).date() + timedelta(days=60)}"
    plain = {
        "question": "no",
        "yes_no": "no",
        "date": day,
        "number": "12",
        "multi_choice": item["choices"][:1],
        "people": [{"name": "Lin Xi", "role": "Engineer", "training": "Ethics training of May 2026"}],
    }
    if item["kind"] == "choice":
        return item["choices"][0]
    return plain.get(item["kind"], "Triage assistant" if item["code"] == "title" else f"About: {item['name']}")


def take_up(people: dict[str, Person], ref: str) -> None:
    """Classified and accepted by the secretary, who assigns two reviewers and records a conflict of interest."""
    desk, case = people["secretary"], people["secretary"].get(f"cases/{ref}")
    instrument = desk.get("instruments/{slug}/{version}".format(**case["instrument"]))["content"]
    tier = instrument["tiers"][1]["key"]
    desk.post(f"cases/{ref}/classify", tier=tier, reason="It proposes, a nurse decides.")
    desk.post(f"cases/{ref}/accept", reasons="The application is complete.")
    reviewers = [people["member"].get("me")["id"], people["colleague"].get("me")["id"]]
    desk.post(f"cases/{ref}/assignments", reviewers=reviewers)
    taken = {*reviewers, people["chair"].get("me")["id"]}
    about = desk.get(f"cases/{ref}/conflicts")
    spare = next(one for one in about["people"] if one["id"] not in taken)
    declared = {"person": spare["id"], "kind": about["kinds"][0]["code"], "reason": "Worked for the applicant."}
    desk.post(f"cases/{ref}/conflicts", **declared)


def review(reviewer: Person, ref: str) -> None:
    """Every indicator rated with the highest step, and handed in with an opinion."""
    own = reviewer.get(f"cases/{ref}/review")
    step = own["scale"][-1]["key"]
    for key in own["unrated"]:
        reviewer.put(f"cases/{ref}/review/ratings/{key}", step=step, reason="Seen in the file.")
    reviewer.post(f"cases/{ref}/review/submit", opinion="Benefits outweigh the risks.")


def meet(people: dict[str, Person], ref: str, committee: Json) -> int:
    """A meeting with everybody free to vote in the room, opened at this case; its id."""
    desk = people["secretary"]
    desk.post(f"cases/{ref}/open-reviews")
    chair = next(seat for seat in committee["seats"] if seat["role"] == "chair")
    starts = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
    told = desk.post("meetings", committee=committee["id"], starts_at=starts, presiding=chair["id"], place="Room 1")
    path = f"meetings/{told['id']}"
    desk.put(f"{path}/agenda", cases=[ref])
    desk.post(f"{path}/convene")
    for seat in desk.post(f"{path}/open")["room"]:
        if seat["role"] != "alternate":
            desk.post(f"{path}/arrive", seat=seat["seat"], mode="room")
    desk.post(f"cases/{ref}/open-item")
    return int(told["id"])


def vote(people: dict[str, Person], ref: str) -> None:
    """The first kind of decision that can be put; three vote themselves, the secretary enters the other votes."""
    desk, chair = people["secretary"], people["chair"]
    kind = next(one["code"] for one in chair.get(f"cases/{ref}/motions")["kinds"] if not one["missing"])
    told = chair.post(f"cases/{ref}/motions", decision_kind=kind, text="To approve as applied for.")
    path, own = f"cases/{ref}/motions/{told['motions'][-1]['id']}", {}
    for name in ("chair", "member", "colleague"):
        own[people[name].get("me")["id"]] = people[name].post(f"{path}/vote", choice="for")
    for voter in desk.get(path)["voters"]:
        if voter["id"] not in own:
            desk.post(f"{path}/record-vote", voter=voter["id"], choice="for")
    chair.post(f"{path}/close")


def decide(people: dict[str, Person], ref: str, meeting: int) -> None:
    """The decision written by the secretary and issued by the chair in person; then the minutes."""
    desk, chair = people["secretary"], people["chair"]
    draft = desk.get(f"cases/{ref}/decision-draft")
    today = datetime.now(UTC).date()
    stated: Json = {
        "reasons_en": "The benefits outweigh the risks.",
        "scope_en": "Version 1 at one hospital.",
        "valid_from": f"{today}",
        "valid_until": f"{today + timedelta(days=365)}",
        "followup_months": draft["longest_followup"],
        "conditions": [{"text_en": "Report every quarter.", "due": f"{today + timedelta(days=90)}"}],
    }
    mark = desk.put(f"cases/{ref}/decision-draft", seen="", **stated)["draft"]["mark"]
    chair.post(f"cases/{ref}/issue-decision", seen=mark, password=chair.password)
    desk.post(f"meetings/{meeting}/close")
    minutes = desk.put(f"meetings/{meeting}/minutes", notes="All went as convened.", seen="")
    chair.post(f"meetings/{meeting}/minutes/approve", seen=minutes["mark"])


def drive_case(people: dict[str, Person], public: Person) -> str:
    """From the application to the signed letter, checked by somebody without a token; the reference."""
    applicant, committee = people["applicant"], committee_of(people)
    ref = apply(applicant, committee["id"])
    print(f"{ref}: applied for at {committee['name']}")
    take_up(people, ref)
    for name in ("member", "colleague"):
        review(people[name], ref)
    print(f"{ref}: accepted, rated by two")
    meeting = meet(people, ref, committee)
    vote(people, ref)
    decide(people, ref, meeting)
    letters = signed(applicant, f"cases/{ref}/reports", "letter")
    pdf = applicant.read(f"reports/{letters['en']['id']}/content")
    print(f"{ref}: {applicant.get(f'cases/{ref}')['state']}; letter of {len(pdf)} bytes: {checked(public, pdf)}")
    return ref


def committee_of(people: dict[str, Person]) -> Json:
    """The first committee on which chair, member and colleague sit."""
    desk, ids = people["secretary"], {people[name].get("me")["id"] for name in ("chair", "member", "colleague")}
    rows = (desk.get(f"committees/{row['id']}") for row in desk.get("committees", limit=100)["results"])
    return next(row for row in rows if ids <= {seat["person"]["id"] for seat in row["seats"]})


# -- an assessment ----------------------------------------------------------------------------------------------------


def assess(lead: Person) -> int:
    """A self-assessment of tier 1 with evidence and a DCMM certificate, handed in; its id."""
    organisation = next(role for role in lead.get("me")["roles"] if role["role"] == "enterprise")
    entity, today = organisation["name"], datetime.now(UTC).date()
    outline = {"legal_entity": entity, "scope": "One plant.", "size": "large", "target": 1}
    begun = lead.post("assessments", organisation=organisation["organisation"], instrument="aim-dcmm", **outline)
    path = f"assessments/{begun['id']}"
    asked = [key for dimension in begun["dimensions"] for key in dimension["unanswered"]]
    best = lead.get(f"{path}/answers")["scale"][-1]["key"]
    for key in asked:
        lead.put(f"{path}/answers/{key}", step=best, note="In place; see the handbook.")
    kinds = lead.get(f"{path}/evidence")["kinds"]
    piece = {
        "kind": kinds[0],
        "title": "AI handbook",
        "dated": f"{today - timedelta(days=40)}",
        "reference": "Archive 12",
    }
    lead.post(f"{path}/evidence", **piece, criteria=asked)
    dates = {"issued": f"{today - timedelta(days=200)}", "expires": f"{today + timedelta(days=800)}"}
    names = {"legal_entity": entity, "certificate": "DCMM-2026-0042", "body": "Harbour Certification"}
    lead.put(f"{path}/claim", source="certificate", level=2, edition="2018", party="owner", **names, **dates)
    told = lead.post(f"{path}/submit", seen=lead.get(path)["digest"])
    print(f"{told['reference']}: handed in, provisional tier {told['tier']}")
    return int(begun["id"])


def engage(people: dict[str, Person], assessment: int) -> str:
    """A body is asked, its desk names a team of two and a reviewer, and accepts; the verification's path."""
    desk, lead = people["secretary"], people["assessor"].get("me")
    body = next(role["organisation"] for role in lead["roles"] if role["role"] == "assessor")
    path = f"verifications/{people['enterprise'].post('verifications', assessment=assessment, host=body)['id']}"
    reviewer = people["reviewer"].get("me")["id"]
    free = [one["id"] for one in desk.get(f"{path}/people")["candidates"] if one["for_team"]]
    second = next(person for person in free if person not in {lead["id"], reviewer})
    desk.post(f"{path}/team", person=lead["id"], lead=True)
    desk.post(f"{path}/team", person=second)
    desk.put(f"{path}/reviewer", person=reviewer)
    desk.post(f"{path}/accept")
    return path


def verify(people: dict[str, Person], path: str) -> None:
    """The team's own round: ratings, evidence, the visit, one finding that the enterprise answers."""
    team, lead = people["assessor"], people["enterprise"]
    accepted = team.get(path)["accepted_at"][:10]
    rated = [one for one in team.get(f"{path}/ratings")["criteria"] if one["claimed"]]
    for one in rated:
        team.put(f"{path}/ratings/{one['key']}", step=one["claimed"]["step"], note="Seen on site.", seen=0)
    for piece in team.get(f"{path}/evidence")["pieces"]:
        team.post(f"{path}/evidence/{piece['id']}/judge", accepted=True)
    team.post(f"{path}/dcmm/judge", accepted=True, reasons="Checked with its issuer.")
    found = {"criterion": rated[0]["key"], "kind": "minor", "text": "The record covers one quarter only."}
    team.post(f"{path}/findings", **found)
    for wanted in team.post(f"{path}/onsite/begin")["wanted"]:
        seen = {"kind": wanted["kind"], "role": wanted["role"], "held_on": accepted, "notes": "Heard and seen."}
        for number in range(wanted["least"]):
            team.post(f"{path}/onsite", **seen, subject=f"{wanted['name'] or wanted['kind']} {number + 1}")
    finding = team.post(f"{path}/findings/release")["findings"][0]["id"]
    lead.put(f"{path}/findings/{finding}/answer", answer="The other quarters are in archive 13.")
    lead.post(f"{path}/correction/close")
    team.post(f"{path}/findings/{finding}/resolve", resolved=True, resolution="Shown.")
    tier = team.post(f"{path}/recommend", grounds="As the ratings show.")["recommended_tier"]
    reviewer = people["reviewer"]
    kept = [point["kept"] for point in reviewer.get(f"{path}/compliance")["points"]]
    told = reviewer.post(f"{path}/compliance/pass", note=f"{sum(kept)} of {len(kept)} points kept.")
    print(f"{told['reference']}: tier {tier} recommended, in public notice until {told['notice_until']}")


def certify(people: dict[str, Person], public: Person, path: str) -> int:
    """Once the notice is over: the decision in person, the signed certificate, its entry in the register."""
    decider = people["manager"]
    told = decider.get(path)
    if public.get(f"register/notices/{told['reference']}")["running"]:
        print(f"{told['reference']}: the notice runs until {told['notice_until']}; run this again on the day after")
        return UNFINISHED
    seen, password = told["recommended_at"], decider.password
    told = decider.post(f"{path}/decide", certify=True, seen=seen, password=password)
    number = decider.get(f"certificates/{told['certificate']}")["number"]
    papers = signed(people["enterprise"], f"{path}/reports", "certificate")
    pdf = people["enterprise"].read(f"{path}/reports/{papers['en']['id']}/file")
    entry = public.get(f"register/certificates/{number}")
    print(f"{number}: {entry['standing']} Certificate of {len(pdf)} bytes: {checked(public, pdf)}")
    return 0


def main() -> int:
    """Begin, or go on where the last run stopped; 3 while the public notice runs."""
    parser = argparse.ArgumentParser(prog="script/example.py", description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("address", help="of the server, as http://127.0.0.1:8000")
    parser.add_argument("tokens", type=Path, help="file with the nine people's tokens")
    given = parser.parse_args()
    kept, public = given.tokens.with_name("example.json"), Person(given.address)
    people = {name: Person(given.address, row) for name, row in json.loads(given.tokens.read_text()).items()}
    standing = json.loads(kept.read_text()) if kept.exists() else {}
    if not standing:
        standing["case"] = drive_case(people, public)
        standing["verification"] = engage(people, assess(people["enterprise"]))
        verify(people, standing["verification"])
        kept.write_text(json.dumps(standing) + "\n")
    code = certify(people, public, standing["verification"])
    if code == 0:
        kept.unlink()
    return code


if __name__ == "__main__":
    sys.exit(main())
