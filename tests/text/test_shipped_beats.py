"""The shipped rules on headlines and posts of our own writing."""

from __future__ import annotations

import tomllib

import pytest

from monitor.paths import shipped
from monitor.records import GENERAL, Beat, Beats, Rule
from monitor.text.beats import BeatTagger

SLUGS = {
    "Technical": {
        "ai-safety-alignment", "ai-science", "ai-robotics", "ai-software-development", "ai-hardware-compute",
        "open-source-ai", "ai-agents-autonomy",
    },
    "Governance": {"ai-regulation", "ai-law", "ai-privacy", "ai-military", "ai-geopolitics"},
    "Society": {
        "ai-misinformation", "ai-creative-industries", "ai-social-media", "ai-in-education", "ai-job-displacement",
    },
    "Industry": {"ai-industry-business", "ai-in-healthcare", "ai-environment", "ai-finance"},
    "Philosophical": {"ai-consciousness", "ai-ethics", "ai-bias-fairness"},
    "General": {GENERAL},
}  # fmt: skip


def read_rule(table: dict[str, list[str]]) -> Rule:
    return Rule(**{field: tuple(table.get(field, ())) for field in Rule._fields})


@pytest.fixture(scope="module")
def beats() -> Beats:
    document = tomllib.loads((shipped("sample_data") / "beats.toml").read_text(encoding="utf-8"))
    configured = (
        Beat(slug, table["name"], table["category"], read_rule(table)) for slug, table in document["beats"].items()
    )
    return Beats(tuple(configured), read_rule(document["umbrella"]))


@pytest.fixture(scope="module")
def tagger(beats: Beats) -> BeatTagger:
    return BeatTagger(beats)


def test_there_are_24_beats_and_general_in_their_categories(beats: Beats) -> None:
    by_category: dict[str, set[str]] = {}
    for beat in beats.beats:
        by_category.setdefault(beat.category, set()).add(beat.slug)
    assert by_category == SLUGS
    assert len(beats.beats) == 25
    assert beats.beats[-1].slug == GENERAL


# Text; the beats that it must get; beats that it must not get.
ON_TOPIC = [
    ("Anthropic sued over training data", "ai-law", "open-source-ai ai-in-education"),
    ("OpenAI safety researchers quit, saying alignment work was starved of compute", "ai-safety-alignment", "ai-law"),
    ("New jailbreak gets every major chatbot to ignore its guardrails", "ai-safety-alignment", "ai-law"),
    ("My p(doom) is up to 40% after reading that system card", "ai-safety-alignment", "ai-finance"),
    ("Experts warn superintelligence could arrive before we know how to control it", "ai-safety-alignment", "ai-law"),
    ("AlphaFold successor predicts how proteins bind to DNA", "ai-science", "ai-law ai-in-education"),
    ("DeepMind's AI takes gold at the Math Olympiad", "ai-science", "ai-finance"),
    ("Machine learning model finds 2 million new materials, physicists are sceptical", "ai-science", "ai-law"),
    ("Unitree shows a humanoid robot that folds laundry for $6,000", "ai-robotics", "ai-creative-industries"),
    ("Tesla's robotaxis get their first rainy day in Austin", "ai-robotics", "ai-in-education"),
    ("A robot with an LLM inside is still a bad waiter", "ai-robotics", "ai-job-displacement"),
    ("I vibe coded an app in a weekend and now I'm afraid to open the repo", "ai-software-development", "ai-law"),
    ("GitHub Copilot now reviews your pull requests before you do", "ai-software-development", "ai-law"),
    ("Claude Code deleted my migrations folder and apologised", "ai-software-development", "ai-in-healthcare"),
    ("LLMs are great at unit tests and terrible at refactoring", "ai-software-development", "ai-law"),
    ("Nvidia beats estimates again as AI data center demand grows", "ai-hardware-compute", "ai-law"),
    ("TSMC to build a fourth Arizona fab for AI chips", "ai-hardware-compute", "ai-in-education"),
    ("Anyone else waiting six months for H100s?", "ai-hardware-compute", "general"),
    ("Mistral AI releases open weights for its new reasoning model", "open-source-ai", "ai-law"),
    ("Open-source AI isn't open if you can't see the training data", "open-source-ai", "ai-law"),
    ("Running Qwen3 on a laptop with ollama, 30 tokens/s", "open-source-ai", "general"),
    ("Is an LLM still open source when the license forbids using it?", "open-source-ai", "ai-software-development"),
    ("Everybody ships AI agents, nobody ships evals", "ai-agents-autonomy", "ai-law"),
    ("Wrote an MCP server for my calendar, and ChatGPT booked a dentist", "ai-agents-autonomy", "ai-law"),
    ("Agentic browsers are a security disaster waiting to happen", "ai-agents-autonomy", "ai-social-media"),
    ("EU delays the AI Act's high-risk rules by a year", "ai-regulation", "ai-creative-industries"),
    ("Senators introduce bill to license frontier models", "ai-regulation", "ai-in-education"),
    ("California governor signs SB 53 into law", "ai-regulation", "ai-science"),
    ("White House drafts executive order against state AI laws", "ai-regulation", "ai-science"),
    ("Judge rules that training on books is fair use, piracy is not: AI firms cheer", "ai-law", "ai-robotics"),
    ("Lawyer fined for ChatGPT citations that do not exist", "ai-law", "ai-in-healthcare"),
    ("Law firm hires AI to review contracts", "ai-law", "ai-job-displacement"),
    ("Police used facial recognition on peaceful protesters", "ai-privacy", "ai-finance"),
    ("Meta AI app made private conversations public by default", "ai-privacy", "ai-military"),
    ("Is it GDPR compliant to feed customer emails to an LLM?", "ai-privacy", "ai-robotics"),
    ("Pentagon signs $200M contract with OpenAI", "ai-military", "ai-in-healthcare"),
    ("Campaigners ask the UN for a ban on autonomous weapons", "ai-military", "ai-finance"),
    ("AI-guided drones are changing the battlefield in Ukraine", "ai-military", "ai-in-education"),
    ("Washington tightens chip exports, Beijing answers: the AI race heats up", "ai-geopolitics", "ai-in-education"),
    ("China's AI labs close the gap", "ai-geopolitics", "ai-in-healthcare"),
    ("Sovereign AI is just nationalism with GPUs", "ai-geopolitics ai-hardware-compute", "ai-in-education"),
    ("Deepfake of the mayor went round before anyone checked", "ai-misinformation", "general"),
    ("Chatbots repeat Russian propaganda in one of five answers", "ai-misinformation ai-geopolitics", "ai-law"),
    ("GPT-5 hallucinated a court case AND a judge", "ai-misinformation ai-law", "general"),
    ("Hollywood actors furious over AI actress Tilly Norwood", "ai-creative-industries", "ai-in-healthcare"),
    ("Spotify removes 75 million AI-generated songs", "ai-creative-industries", "ai-military"),
    ("No AI art at this convention, human artists only", "ai-creative-industries", "ai-law"),
    ("My feed is nothing but AI slop now", "ai-social-media", "ai-law"),
    ("Half of the comments on Reddit are bots, the dead internet theory was right", "ai-social-media", "general"),
    ("Teachers say ChatGPT broke homework", "ai-in-education", "ai-law"),
    ("University bans AI detectors after false accusations against students", "ai-in-education", "ai-robotics"),
    ("Amazon lays off 14,000, citing AI", "ai-job-displacement", "ai-robotics"),
    ("AI is taking entry-level jobs first, Stanford study finds", "ai-job-displacement", "ai-robotics"),
    ("Anthropic raises $13 billion at a $183 billion valuation", "ai-industry-business", "ai-robotics"),
    ("The AI bubble is bigger than the dotcom one, says fund manager", "ai-industry-business", "ai-robotics"),
    ("Perplexity AI offers to acquire Chrome", "ai-industry-business", "ai-military"),
    ("Hospital tests AI that reads mammograms, radiologists stay", "ai-in-healthcare", "ai-military"),
    ("People use ChatGPT as a therapist, psychiatrists warn", "ai-in-healthcare", "ai-military"),
    ("FDA clears AI diagnosis for diabetic eyes", "ai-in-healthcare", "ai-law"),
    ("One AI prompt uses a bottle of drinking water? Let's do the sums", "ai-environment", "ai-military"),
    ("Data centers for AI drive up electricity prices in Virginia", "ai-environment ai-hardware-compute", "ai-law"),
    ("Microsoft restarts Three Mile Island to power its AI", "ai-environment", "ai-law"),
    ("Banks rush to let AI decide on loans", "ai-finance", "ai-military"),
    ("This AI trading bot made me 300% in a week, DM me", "ai-finance", "ai-military"),
    ("Bank of England warns of a sudden correction in AI stocks", "ai-finance ai-industry-business", "ai-military"),
    ("Is Claude Opus conscious? Anthropic now has a model welfare team", "ai-consciousness", "ai-military"),
    ("An LLM is not sentient because it says it is", "ai-consciousness", "ai-military"),
    ("The Pope calls for an ethics of artificial intelligence", "ai-ethics", "ai-military"),
    ("Kenyan data workers who train ChatGPT want dignity", "ai-ethics", "ai-military"),
    ("Hiring AI discriminates against older women", "ai-bias-fairness", "ai-military"),
    ("Face recognition fails on darker skin, again", "ai-bias-fairness ai-privacy", "ai-military"),
    ("Study: LLM recruiters show racial bias in résumé screening", "ai-bias-fairness", "ai-military"),
]


@pytest.mark.parametrize(("text", "must", "must_not"), ON_TOPIC)
def test_on_topic(tagger: BeatTagger, text: str, must: str, must_not: str) -> None:
    (tagged,) = tagger.tag([text])
    assert set(must.split()) <= set(tagged)
    assert not set(must_not.split()) & set(tagged)
    assert len(tagged) <= 4


def test_every_beat_is_asked_for(tagger: BeatTagger) -> None:
    asked = {slug for _, must, _ in ON_TOPIC for slug in must.split()}
    assert asked == set().union(*SLUGS.values()) - {GENERAL}


def test_a_text_on_topic_is_in_two_beats_or_so(tagger: BeatTagger) -> None:
    tagged = tagger.tag([text for text, _, _ in ON_TOPIC])
    assert sum(map(len, tagged)) / len(tagged) < 2


@pytest.mark.parametrize(
    "text",
    [
        "I asked ChatGPT what to cook tonight",
        "what do you all think about ai?",
        "GPT-5 is out",
        "Gemini 3 feels faster than the last one",
        "Honestly tired of hearing about A.I. every day",
        "#AI #tech",
        "i hate ai so much",
    ],
)
def test_general_is_what_is_left(tagger: BeatTagger, text: str) -> None:
    assert tagger.tag([text]) == [(GENERAL,)]


@pytest.mark.parametrize(
    "text",
    [
        "Michael Jordan visits a llama farm",
        "Law firm hires three new partners",
        "Robot vacuum stuck under the sofa again",
        "Hospital lawsuit settled, judge says",
        "Privacy fence blew over in the storm",
        "Layoffs hit the local paper mill",
        "Gemini season is the worst, my horoscope was right",
        "Claude Monet's water lilies come to Boston",
        "Jean-Claude says hello from Lyon",
        "Open source barbecue sauce, recipe below",
        "The agents of S.H.I.E.L.D. rewatch starts tonight",
        "The estate agents want 3 % now",
        "The government regulates egg sizes",
        "China beats Japan in table tennis",
        "Army wins the rugby cup",
        "Chips and salsa for the game tonight",
        "The students' union sells coffee",
        "The artist painted a mural on the school",
        "Energy prices fall for the third month",
        "Banks closed on Monday",
        "She was conscious when the ambulance came",
        "The pope visits Malta",
        "Bias tape makes the neckline lie flat",
        "Climate protest blocks the bridge",
        "J'ai mangé une pomme et tu as raison",
        "Ho dato i biscotti ai bambini della scuola",
        "Ai que saudade da minha escola",
        "ai là người thắng cuộc?",
        "Ai Weiwei opens a new exhibition, AI not involved",
        "H5N1: avian influenza (AI) found on a farm, lawmakers worry",
        "Drone footage of the sunset over the bay",
        "Weights are for the gym, not for breakfast",
        "He played the trumpet in the navy band",
        "Maine, air, pain, said, fair: five words, one vowel pair",
        "Python spotted in the Everglades",
        "The transformer on our street blew up last night",
        "Copilot and captain both praised after emergency landing",
        "They sued the landlord over mold",
        "The guardrails of our democracy are gone and Congress just watches",
        "Senate passes the defense bill with a moratorium on offshore wind",
        "Art prompt for today: draw your character in the rain",
        "Commissions open! Illustrator and character designer, three slots left",
        "My voice actor friend got cast in a new anime",
        "Our old companion died last night, he was the best cat",
        "The washing machine broke and the repair guy charges 90 an hour",
        "Entry level barista wanted, apply in person, weekends required",
        "Ukraine says it shot down 60 drones overnight, power plants hit",
        "Polls show voters trust neither party on the economy",
        "FDA panel votes on the new vaccine, doctors worry",
        "Insurers deny coverage for weight loss drugs again",
        "Fans booed the referee, the machine behind the goal said no",
        "Housing bubble? Prices in our county fell for the third month",
        "My new gaming PC finally arrived, the GPU is huge",
        "The metal detector found a Roman coin on the school field",
        "Students caught cheating at cards on the class trip",
        "Handwritten letters from my grandmother, 1943",
        "Government shutdown enters day three, museums closed",
        "Supreme Court hears the tariffs case this morning",
        "Kimi is on pole in Monaco, what a lap",
        "Stargate rewatch, season four, still the best show",
        "We saw Van Helsing at the theatre, what a night",
        "The transfer agents want a record fee for the striker",
        "Moderators removed my post from the gardening group",
        "Great museum show on the provenance of looted paintings",
        "The watermark on my photo was cropped out again",
        "Prison break: two inmates escaped through the laundry",
        "Coffee machine at work is out of order, morale is low",
        "Long queue at the airport for fingerprints and face photos",
        "Wind farm blocked by county council, 300 megawatts lost",
        "Nuclear plant restart delayed until spring, regulator says",
        "Tesla shares fall after weak sales in Europe",
        "Amazon drivers strike in Queens, union says",
        "Teachers strike over pay, schools closed on Friday",
        "Doctor Who has a new companion, and I like her",
        "My therapist is on holiday and I am not coping",
        "Lawyers for the landlord asked the judge for a delay",
        "Harvard lost another grant, professor says",
        "Two weights, one kettlebell, and a lot of swearing",
        "Russian troll farm indicted, prosecutors say",
        "The pope names six cardinals from Africa and Asia",
        "Fake tickets sold outside the stadium, police warn",
        "I built a small game in Godot this weekend and I'm proud",
        "Rust 1.90 is out, the compiler is faster now",
        "Our kernel maintainer steps down after twenty years",
        "Stock up on firewood, a cold front is coming",
        "Bitcoin fell below 90,000, miners are selling",
        "The orchestra plays Mahler, tickets from 20",
        "The union won: janitors get a raise at the university",
        "Huawei opens a store in Madrid",
        "Cameras on every corner and still my bike was stolen",
        "They want age checks for porn sites, privacy groups object",
        "Zodiac: Gemini, your career takes a turn this week",
        "Self checkout machine yelled at me in front of everyone",
        "ICE agents raided a restaurant in Chicago, neighbors filmed",
        "My kid's school sends forty emails a week through that app",
        "Nurses at the hospital vote to strike over staffing",
    ],
)
def test_off_topic(tagger: BeatTagger, text: str) -> None:
    assert tagger.tag([text]) == [()]
