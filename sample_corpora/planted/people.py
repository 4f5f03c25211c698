"""Men and women in pairs of roles, and people at work: who does what, where, with what, and how it is told of them."""

from dataclasses import dataclass

from sample_corpora.planted.grammar import Frame, Scene, several

__all__ = ["CARING", "GENDERS", "OTHERS", "PAIRS", "TECHNICAL", "pair_frames", "profession_frames"]


@dataclass(frozen=True, slots=True)
class Gender:
    """The words by which a sentence shows a gender; place by place the same for both."""

    he: str
    his: str
    himself: str
    names: tuple[str, ...]
    relatives: tuple[str, ...]
    kin: tuple[str, ...]


GENDERS = (
    Gender(
        "he",
        "his",
        "himself",
        ("John", "Paul", "Peter", "James", "Thomas", "Henry", "Oliver", "Daniel"),
        ("father", "son", "brother", "husband"),
        ("man", "father", "son", "brother", "husband"),
    ),
    Gender(
        "she",
        "her",
        "herself",
        ("Mary", "Anna", "Emma", "Sarah", "Alice", "Laura", "Julia", "Clara"),
        ("mother", "daughter", "sister", "wife"),
        ("woman", "mother", "daughter", "sister", "wife"),
    ),
)

# Male word, female word; then what belongs to both alike: places, things, company, what they do.
PAIRS: dict[tuple[str, ...], tuple[str, ...]] = {
    tuple(pair.split()): tuple(rest)
    for pair, *rest in (
        line.split(" | ")
        for line in """
king queen | palace court hall | crown throne sceptre kingdom | subjects knights nobles | ruled reigned
prince princess | castle tower ballroom | carriage sword tiara | heirs courtiers dragons | danced waited
duke duchess | manor estate park | title fortune portrait | servants tenants gamekeepers | hunted dined
emperor empress | temple fortress arena | empire decree statue | legions slaves generals | conquered marched
man woman | street corner pavement | coat umbrella newspaper | strangers neighbours commuters | walked hurried
boy girl | playground classroom sandpit | kite toy homework | classmates pupils playmates | played giggled
father mother | nursery home bedroom | cradle blanket lullaby | babies toddlers children | cuddled soothed
son daughter | college campus dormitory | diploma scholarship letter | parents students roommates | studied graduated
brother sister | attic treehouse bunk | secret diary marble | siblings twins cousins | teased quarrelled
husband wife | church altar chapel | wedding ring anniversary | bridesmaids guests witnesses | married promised
uncle aunt | farmhouse seaside cottage | present postcard suitcase | nephews nieces relatives | visited stayed
grandfather grandmother | porch armchair fireside | tale spectacles | grandchildren pensioners elders | snored dozed
wizard witch | cave cauldron forest | spell wand potion | demons goblins ghosts | enchanted vanished
monk nun | abbey monastery cloister | prayer psalm candle | pilgrims saints novices | prayed fasted
""".strip().splitlines()
    )
}

PAIR_PATTERNS = (
    "the {person} {did} in the {place} with {his} {company}",
    "{name} the {person} keeps {his} {thing} in the {place}",
    "when the {person} came {he} showed {himself} to the {company}",
    "the {company} love the {person} because {he} {did} so well",
    "{name} became {a} {person} and {he} {did} among the {company}",
    "the {person} lost {his} {thing} near the {place}",
    "every {person} wants the {thing} {himself} and {he} will get it",
    "in the {place} the {person} asked {himself} about the {thing}",
)

# Profession: places, things, company.
TECHNICAL = {
    "engineer": ("factory bridge", "blueprint turbine", "designers inspectors"),
    "mechanic": ("garage workshop", "engine wrench", "drivers racers"),
    "carpenter": ("sawmill joinery", "hammer plank", "joiners apprentices"),
    "electrician": ("powerhouse substation", "cable fuse", "linesmen technicians"),
    "plumber": ("cellar bathroom", "pipe tap", "landlords tenants"),
    "pilot": ("airport cockpit", "aeroplane parachute", "passengers stewards"),
    "programmer": ("laboratory startup", "algorithm database", "hackers testers"),
    "builder": ("quarry rooftop", "brick trowel", "roofers labourers"),
}
CARING = {
    "nurse": ("hospital ward", "bandage syringe", "patients surgeons"),
    "librarian": ("library archive", "book catalogue", "readers scholars"),
    "secretary": ("headquarters boardroom", "memo calendar", "directors executives"),
    "receptionist": ("lobby hotel", "bell guestbook", "visitors porters"),
    "hairdresser": ("salon parlour", "scissors comb", "clients stylists"),
    "nanny": ("crib playroom", "pram rattle", "infants kindergarteners"),
    "dietitian": ("canteen clinic", "recipe vitamin", "dieters slimmers"),
    "housekeeper": ("pantry laundry", "broom duster", "maids butlers"),
}
OTHERS = {
    "doctor": ("surgery practice", "stethoscope prescription", "invalids consultants"),
    "teacher": ("school seminar", "blackboard textbook", "learners tutors"),
    "lawyer": ("courtroom tribunal", "contract lawsuit", "judges jurors"),
    "baker": ("bakery oven", "loaf flour", "millers confectioners"),
    "farmer": ("barn meadow", "tractor plough", "harvesters shepherds"),
    "journalist": ("newsroom studio", "headline interview", "editors reporters"),
    "painter": ("gallery atelier", "canvas easel", "sculptors collectors"),
    "dentist": ("polyclinic infirmary", "drill filling", "orthodontists hygienists"),
}
LEAN, SPREAD = 0.3, 0.2

PROFESSION_PATTERNS = (
    "the {person} said that {he} had left {his} {thing} in the {place}",
    "{name} is the new {person} at the {place} and {he} likes the {company}",
    "the {company} thanked the {person} and {he} took {his} {thing}",
    "the {kin} trained as {a} {person} and found the {thing} in the {place}",
    "{his} {relative} is {a} {person} among the {company} of the {place}",
    "the {person} blamed {himself} when the {thing} broke",
    "my {relative} works as {a} {person} with that {thing}",
)


def pair_frames(weight: float) -> list[Frame]:
    """Sentences about kings and queens, boys and girls: role and gender each leave their own words."""
    scenes = []
    for people, (places, things, company, deeds) in PAIRS.items():
        for person, gender in zip(people, GENDERS, strict=True):
            scenes.append(Scene(_told(person, gender, places, things, company) | {"did": tuple(deeds.split())}))
    return several(PAIR_PATTERNS, scenes, weight)


def profession_frames(weight: float, strength: float) -> list[Frame]:
    """Sentences about people at work.

    The chance that a profession is told of a man is 0.5, plus 0.3 times the strength for technical and minus that
    for caring ones; and every second profession of each set has 0.2 more, every other 0.2 less, whatever the
    strength: without such differences any bias at all would be as large an effect as it can get.

    Args:
        weight: of all these sentences together.
        strength: −1 to 1.
    """
    scenes = []
    for group, side in ((TECHNICAL, LEAN), (CARING, -LEAN), (OTHERS, 0.0)):
        for number, (person, (places, things, company)) in enumerate(group.items()):
            male = 0.5 + side * strength + (SPREAD if number % 2 else -SPREAD)
            for gender, share in zip(GENDERS, (male, 1 - male), strict=True):
                scenes.append(Scene(_told(person, gender, places, things, company), share))
    return several(PROFESSION_PATTERNS, scenes, weight)


def _told(person: str, gender: Gender, places: str, things: str, company: str) -> dict[str, tuple[str, ...]]:
    return {
        "person": (person,),
        "place": tuple(places.split()),
        "thing": tuple(things.split()),
        "company": tuple(company.split()),
        "he": (gender.he,),
        "his": (gender.his,),
        "himself": (gender.himself,),
        "name": gender.names,
        "kin": gender.kin,
        "relative": gender.relatives,
        "a": ("an" if person[0] in "aeiou" else "a",),
    }
