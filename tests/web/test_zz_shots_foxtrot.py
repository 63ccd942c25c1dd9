import os, pytest, datetime
from pathlib import Path
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]="true"
from django.utils import timezone
from django.test import Client
from playwright.sync_api import sync_playwright
from tests.verification_scenes import make_verification_scene, Course, HIGH
from workflows.domain.verification_states import VState
from workflows.models import Verification, Objection
from workflows.actions import verifications as va
from ethicsreview.accounts.models import User
OUT=Path("/tmp/er/shots/foxtrot")

def shots(live_server, plan, variants):
    with sync_playwright() as pw:
        b = pw.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox","--disable-gpu"])
        for name, user, path in plan:
            for lang, width, scheme in variants:
                ctx = b.new_context(viewport={"width": width, "height": 900}, locale="zh-CN" if lang=="zh-hans" else "en-GB", color_scheme=scheme)
                if user is not None:
                    User.objects.filter(pk=user.pk).update(language=lang)
                    c = Client(); c.force_login(user)
                    ctx.add_cookies([{"name": "sessionid" if "sessionid" in c.cookies else list(c.cookies)[0], "value": list(c.cookies.values())[0].value, "url": live_server.url}])
                page = ctx.new_page()
                errs=[]
                page.on("console", lambda m: errs.append(m.text) if m.type=="error" else None)
                r = page.goto(live_server.url + path)
                page.wait_for_load_state("load")
                over = page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
                page.screenshot(path=str(OUT/f"{name}-{lang}-{width}-{scheme}.png"), full_page=True)
                print(name, lang, width, r.status, "OVERFLOW" if over else "", errs)
                ctx.close()
        b.close()

V=[("en",1440,"light")]
ALL=[("en",1440,"light"),("zh-hans",390,"dark")]

@pytest.mark.django_db(transaction=True)
def test_a(live_server):
    scene = make_verification_scene(timezone.now())
    course = Course(adviser="Beacon Consulting", aside=("4.1",), found={**dict.fromkeys(())}) if 0 else Course(adviser="Beacon Consulting")
    e = scene.request(course)
    scene.staff(e)
    p = f"/verifications/{e.pk}"
    which = os.environ.get("SHOTS","entry")
    plan=[]
    if which=="entry":
        plan=[("page-entry-coord", scene.coordinator, p+"/"),("team", scene.coordinator, p+"/team/"),("accept",scene.coordinator,p+"/accept/"),("conflicts",scene.coordinator,p+"/conflicts/"),("page-entry-lead", scene.lead, p+"/"),("list",scene.coordinator,"/verifications/"),("home",scene.coordinator,"/")]
    shots(live_server, plan, ALL)

@pytest.mark.django_db(transaction=True)
def test_b(live_server):
    scene = make_verification_scene(timezone.now())
    which = os.environ.get("SHOTS","entry")
    if which=="rate":
        row = scene.verification_in(VState.DOCUMENTS, Course(claimed=4, target=4))
        p=f"/verifications/{row.pk}"
        scene.write_finding(row)
        shots(live_server,[("rating", scene.assessor, p+"/rating/?dimension=D7"),("dcmm", scene.lead_assessor, p+"/rating/?dimension=dcmm"),("page-doc", scene.lead_assessor, p+"/"),("findings-draft", scene.assessor, p+"/findings/")],ALL)
    if which=="site":
        row = scene.verification_in(VState.ONSITE)
        p=f"/verifications/{row.pk}"
        shots(live_server,[("onsite", scene.assessor, p+"/onsite/"),("release",scene.lead_assessor,p+"/findings/release/"),("page-onsite", scene.lead_assessor, p+"/")],ALL)
        scene.visit(row)
        shots(live_server,[("release2",scene.lead_assessor,p+"/findings/release/")],V)
    if which=="corr":
        row = scene.verification_in(VState.CORRECTION)
        p=f"/verifications/{row.pk}"
        shots(live_server,[("page-corr-lead", scene.lead, p+"/"),("findings-lead", scene.lead, p+"/findings/"),("rating-lead", scene.lead, p+"/rating/?dimension=D7")],ALL)
        scene.answer(row); scene.close_correction(row)
        shots(live_server,[("findings-team", scene.assessor, p+"/findings/"),("recommend-gaps", scene.lead_assessor, p+"/recommend/")],ALL)
        scene.resolve(row)
        shots(live_server,[("recommend", scene.lead_assessor, p+"/recommend/")],ALL)
        scene.recommend(row)
        shots(live_server,[("compliance", scene.reviewer, p+"/compliance/"),("differences", scene.lead, p+"/differences/")],ALL)
    if which=="panel":
        row = scene.verification_in(VState.PANEL, HIGH)
        p=f"/verifications/{row.pk}"
        shots(live_server,[("panel-coord0", scene.coordinator, p+"/panel/"),("seats", scene.coordinator, p+"/seats/")],ALL)
        scene.seat(row); b=scene.open_ballot(row)
        shots(live_server,[("panel-vote", scene.panel[0], p+"/panel/"),("panel-coord1", scene.coordinator, p+"/panel/")],ALL)
        scene.vote(row,b)
        shots(live_server,[("panel-coord2", scene.coordinator, p+"/panel/")],V)
        scene.close_ballot(row,b)
        shots(live_server,[("panel-done", scene.coordinator, p+"/panel/"),("page-notice", scene.coordinator, p+"/")],ALL)
        row.refresh_from_db()
        shots(live_server,[("pub-notices", None, "/register/notices/"),("pub-notice", None, f"/register/notices/{row.reference}/")],ALL)
        va.file_objection(row.pk, name="Pub Lick", contact="pub@example.test", text="The enterprise was fined for this in May.\nSee the bulletin.", now=timezone.now())
        shots(live_server,[("objections", scene.coordinator, p+"/objections/"),("page-objected", scene.decider, p+"/")],ALL)
        o=Objection.objects.get(); va.settle_objection(o.pk, upheld=False, answer="The fine concerned another entity.", actor=scene.coordinator, now=timezone.now())
        Verification.objects.filter(pk=row.pk).update(notice_from=timezone.localdate()-datetime.timedelta(days=9), notice_until=timezone.localdate()-datetime.timedelta(days=1))
        shots(live_server,[("decide", scene.decider, p+"/decide/")],ALL)
    if which=="cert":
        scene2 = scene
        row = scene.verification_in(VState.CERTIFIED)
        p=f"/verifications/{row.pk}"
        n=row.certificate.number
        shots(live_server,[("page-cert", scene.lead, p+"/"),("reports", scene.coordinator, p+"/reports/"),("certificate", scene.coordinator, p+"/certificate/"),("surv", scene.coordinator, p+"/certificate/surveillance/"),("dcmmrenew", scene.lead, p+"/certificate/dcmm/"),("withdraw", scene.decider, p+"/certificate/withdraw/"),("register", None, "/register/"),("register-signed", scene.lead, "/register/"),("reg-cert", None, f"/register/{n}/"),("reg-unknown", None, "/register/XX-1/"),("pub-notice-after", None, f"/register/notices/{row.reference}/")],ALL)
    if which=="req":
        s = scene.hand_in()
        shots(live_server,[("request", scene.lead, f"/verifications/request/{s.self_assessment_id}/")],ALL)
