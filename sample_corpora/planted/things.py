"""Fields of things (fruit, instruments, weather …), some words that belong to two of them, and sets of synonyms."""

from sample_corpora.planted.grammar import Frame, Scene, several

__all__ = ["FIELDS", "SENSES", "SYNONYMS", "field_frames", "synonym_frames"]

WHO = ("we", "they", "i", "you")

# Field: its words (`one` and `other` in the patterns), what else its sentences choose from, and the sentences.
FIELDS: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {
    "fruit": (
        "apple pear plum cherry peach banana apricot mango",
        {"how": "ripe juicy sweet sour", "where": "orchard basket bowl", "with": "pie juice jam"},
        ("{who} picked a {how} {one} from the {where}", "the {with} is made of {how} {one} and {other}",
         "{who} peeled the {one} and put it in the {where}", "this {one} tastes as {how} as that {other}"),
    ),
    "computers": (
        "apple mouse laptop keyboard screen printer software server",
        {"how": "digital wireless portable expensive", "where": "desk network internet",
         "with": "files password email"},
        ("{who} bought the {how} {one} for the {where}", "the {one} and the {other} share {with} over the {where}",
         "{who} typed the {with} and restarted the {one}", "this {how} {one} needs no {other}"),
    ),
    "small animals": (
        "mouse bat rabbit squirrel hedgehog fox badger mole",
        {"how": "furry shy nocturnal wild", "where": "burrow undergrowth hedge", "with": "nuts worms acorns"},
        ("some {how} {one} hid in the {where}", "the {one} and the {other} feed on {with}",
         "at night the {how} {one} leaves its {where}", "{who} watched the {one} nibbling {with}"),
    ),
    "ball games": (
        "bat ball racket glove helmet goal net puck",
        {"how": "winning final close decisive", "where": "stadium pitch league", "with": "team players coach"},
        ("the {with} carried the {one} across the {where}", "{who} hit the {other} with the {one} in the {how} game",
         "the {with} scored and kissed the {one}", "before the {how} game the {with} checked {one} and {other}"),
    ),
    "money": (
        "bank loan cheque deposit mortgage account credit savings",
        {"how": "overdue cheap monthly generous", "where": "counter branch vault", "with": "interest cash debt"},
        ("{who} paid the {how} {one} at the {where}", "the {one} and the {other} cost too much {with}",
         "{who} asked at the {where} about another {one}", "without {with} there is no {how} {one}"),
    ),
    "water": (
        "bank river stream lake pond shore canal marsh",
        {"how": "muddy shallow deep quiet", "where": "valley mill jetty", "with": "fish reeds boats"},
        ("the {with} drifted along the {how} {one}", "{who} sat by the {one} below the {where}",
         "from the {where} one can see the {one} and the {other}", "{who} caught {with} near the {how} {one}"),
    ),
    "birds": (
        "crane heron stork swan goose pelican robin sparrow",
        {"how": "feathered white graceful migrating", "where": "nest wetland sky", "with": "eggs chicks wings"},
        ("another {how} {one} circled above the {where}", "the {one} and the {other} hatch their {with}",
         "the {one} spread its {with} over the {where}", "{who} counted every {how} {one} among the {other} flock"),
    ),
    "building": (
        "crane bulldozer digger scaffold excavator ladder concrete girder",
        {"how": "heavy rusty hydraulic yellow", "where": "site skyscraper foundation", "with": "rubble gravel cement"},
        ("the {how} {one} lifted {with} at the {where}", "{who} rented the {one} and the {other} for the {where}",
         "behind the {one} lay a heap of {with}", "the foreman parked the {how} {one} beside the {where}"),
    ),
    "seasons": (
        "spring summer autumn winter",
        {"how": "early late warm cold", "where": "garden hills countryside", "with": "blossoms leaves harvest"},
        ("in {one} the {where} is full of {with}", "after this {how} {one} comes the {other}",
         "{who} look forward to the {with} of {one}", "last {one} was {how} and the {with} came late"),
    ),
    "machine parts": (
        "spring bolt screw gear lever piston hinge valve",
        {"how": "loose steel worn oily", "where": "clock motor gearbox", "with": "grease torque friction"},
        ("the {how} {one} in the {where} has to be replaced", "{who} tightened the {one} against the {other}",
         "{with} wears out the {one} of the {where}", "each {how} {one} turns the {other} without {with}"),
    ),
    "instruments": (
        "guitar violin piano flute drum cello trumpet clarinet",
        {"how": "acoustic tuned antique loud", "where": "concert orchestra band", "with": "melody song rhythm"},
        ("{who} practised a {with} on the {one}", "the {how} {one} and the {other} played at the {where}",
         "the {where} began with a {with} for {one}", "that {how} {one} needs new strings before the {where}"),
    ),
    "vehicles": (
        "car bus lorry bicycle tram taxi motorcycle van",
        {"how": "parked speeding crowded electric", "where": "motorway crossroads roundabout",
         "with": "traffic petrol tyres"},
        ("the {how} {one} stopped at the {where}", "{who} overtook the {one} in heavy {with}",
         "one {one} collided with another {other} on the {where}", "the {how} {one} ran out of {with}"),
    ),
    "vegetables": (
        "carrot onion potato cabbage spinach leek turnip pumpkin",
        {"how": "chopped boiled raw grated", "where": "soup saucepan salad", "with": "salt butter pepper"},
        ("{who} added a {how} {one} to the {where}", "{how} {one} goes well with {other} and {with}",
         "season the {one} with {with}", "the {where} of {one} and {other} is ready"),
    ),
    "clothes": (
        "shirt jacket trousers scarf sweater hat skirt boots",
        {"how": "woollen striped ironed elegant", "where": "suitcase closet hanger", "with": "buttons sleeves zip"},
        ("{who} wore the {how} {one} with the {other}", "the {one} hangs in the {where}",
         "the {with} of the {how} {one} came off", "{who} folded the {one} and the {other} into the {where}"),
    ),
    "furniture": (
        "table chair sofa shelf wardrobe bed stool cupboard",
        {"how": "wooden upholstered carved dusty", "where": "lounge corridor flat", "with": "cushion varnish drawer"},
        ("{who} moved the {how} {one} into the {where}", "the {one} stands beside the {other} in the {where}",
         "the {one} lacks its {with}", "one {how} {one} with fine {with} was sold"),
    ),
    "weather": (
        "rain snow wind fog hail thunder storm frost",
        {"how": "heavy icy sudden severe", "where": "coast mountains north", "with": "forecast clouds degrees"},
        ("the {with} says {how} {one} for the {where}", "{one} and {other} swept over the {where}",
         "{how} {one} kept everybody indoors", "dark {with} brought {one} and {other}"),
    ),
    "farm animals": (
        "dog cat horse cow sheep pig goat hen",
        {"how": "tame hungry stubborn spotted", "where": "stable pasture yard", "with": "hay milk fodder"},
        ("the {how} {one} slept in the {where}", "{who} fed the {one} and the {other} with {with}",
         "the {one} chased the {other} across the {where}", "there is no {with} left for the {how} {one}"),
    ),
    "trees": (
        "palm oak pine birch willow elm beech cedar",
        {"how": "tall evergreen hollow mossy", "where": "avenue grove hillside", "with": "bark roots branches"},
        ("one {how} {one} grows in the {where}", "the {with} of the {one} reach the {other}",
         "{who} planted the {one} beside the {other}", "the storm broke the {with} of the {how} {one}"),
    ),
    "body": (
        "palm wrist finger thumb elbow shoulder knee ankle",
        {"how": "swollen bruised left injured", "where": "plaster sling splint", "with": "skin bone muscle"},
        ("{who} broke the {one} and hurt the {other}", "the {how} {one} needs the {where}",
         "the {with} of the {how} {one} aches", "{who} touched the {one} and felt the {with}"),
    ),
}  # fmt: skip

#: Words that belong to two fields, and which.
SENSES = {
    "apple": ("fruit", "computers"),
    "mouse": ("small animals", "computers"),
    "bat": ("small animals", "ball games"),
    "bank": ("money", "water"),
    "crane": ("birds", "building"),
    "spring": ("seasons", "machine parts"),
    "palm": ("trees", "body"),
}

# Words that mean the same: one may stand wherever another does.
SYNONYMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("happy glad cheerful delighted", "party news birthday surprise",
     ("everybody was {word} about the {with}", "the {with} made the whole family {word}",
      "a {word} crowd sang after the {with}")),
    ("angry furious cross annoyed", "delay mistake insult noise",
     ("the customer was {word} about the {with}", "nobody shouts without that {word} face at the {with}",
      "the {with} left the crew {word} and rude")),
    ("quick fast rapid swift", "runner messenger reply pace",
     ("a {word} {with} arrives ahead of time", "the {with} was so {word} that none could follow",
      "{word} steps brought the {with} to the finish")),
    ("big large huge enormous", "whale mountain iceberg warehouse",
     ("one {word} {with} rose before the ship", "nothing is as {word} as that {with}",
      "the {with} threw its {word} shadow")),
    ("small little tiny miniature", "insect pebble crumb speck",
     ("a {word} {with} fell through the crack", "one hardly sees the {word} {with} with the naked eye",
      "the {with} is too {word} to weigh")),
    ("tired weary sleepy exhausted", "hike shift marathon journey",
     ("after the {with} all were {word} and yawned", "the {with} made even the strongest {word}",
      "{word} from the {with} they lay down to rest")),
    ("frightened scared afraid terrified", "darkness shadow monster growl",
     ("the {with} left them {word} and trembling", "do not be {word} of the {with}",
      "{word} of the {with} they ran away")),
    ("clever smart bright brilliant", "puzzle riddle theorem exam",
     ("only a {word} mind can solve the {with}", "the {with} was easy for such a {word} pupil",
      "that {word} answer settled the {with}")),
    ("buy purchase acquire obtain", "bargain ticket licence voucher",
     ("to {word} a {with} you need a permit", "they hope to {word} the {with} before noon",
      "where can one {word} a {with}")),
    ("shop store market supermarket", "shelves tills discounts groceries",
     ("the {word} is full of {with}", "the {with} in the {word} open at eight",
      "people queue for {with} outside the {word}")),
)  # fmt: skip


def field_frames(weight: float) -> list[Frame]:
    """Sentences about things; all fields are as frequent."""
    frames = []
    for members, choices, patterns in FIELDS.values():
        words = {name: tuple(texts.split()) for name, texts in choices.items()}
        pair = {"one": tuple(members.split()), "other": tuple(members.split()), "who": WHO}
        frames += several(patterns, [Scene(words | pair)], weight / len(FIELDS))
    return frames


def synonym_frames(weight: float) -> list[Frame]:
    """Sentences in which any word of a set of synonyms may stand."""
    frames = []
    for words, company, patterns in SYNONYMS:
        scene = Scene({"word": tuple(words.split()), "with": tuple(company.split())})
        frames += several(patterns, [scene], weight / len(SYNONYMS))
    return frames
