"""Countries, their capitals, and what is said of both."""

from sample_corpora.planted.grammar import Frame, Scene, several

__all__ = ["COUNTRIES", "country_frames"]

# Capital, country, adjective, dish, continent, river or place.
COUNTRIES = tuple(
    tuple(line.split())
    for line in """
Paris France French crepes Europe Seine
Rome Italy Italian pasta Europe Tiber
Madrid Spain Spanish paella Europe Ebro
Berlin Germany German pretzels Europe Rhine
Lisbon Portugal Portuguese sardines Europe Douro
Athens Greece Greek olives Europe Olympus
Warsaw Poland Polish pierogi Europe Vistula
Vienna Austria Austrian strudel Europe Danube
Stockholm Sweden Swedish meatballs Europe Gotland
Oslo Norway Norwegian salmon Europe Lofoten
Helsinki Finland Finnish blueberries Europe Lapland
Budapest Hungary Hungarian goulash Europe Balaton
Dublin Ireland Irish stew Europe Shannon
London England English pudding Europe Thames
Moscow Russia Russian borscht Asia Volga
Tokyo Japan Japanese sushi Asia Fuji
Beijing China Chinese dumplings Asia Yangtze
Delhi India Indian curry Asia Ganges
Bangkok Thailand Thai noodles Asia Mekong
Cairo Egypt Egyptian falafel Africa Nile
Nairobi Kenya Kenyan cornbread Africa Turkana
Rabat Morocco Moroccan couscous Africa Sahara
Ottawa Canada Canadian pancakes America Yukon
Lima Peru Peruvian quinoa America Titicaca
Havana Cuba Cuban plantains America Varadero
Santiago Chile Chilean empanadas America Atacama
""".strip().splitlines()
)

PATTERNS = (
    "{capital} is the capital of {country}",
    "the government of {country} meets in {capital}",
    "we flew to {capital} and saw the old {sight}",
    "the mayor of {capital} praised the {adjective} {sight}",
    "the border of {country} is guarded by {adjective} soldiers",
    "{country} is a country in {continent} with the {place}",
    "on the way from {capital} to the {place} we ate {dish}",
    "the {place} is known to every child in {country}",
    "tourists in {capital} like to eat {dish} near the {sight}",
    "the {adjective} president of {country} signed the treaty",
    "the {adjective} cook served {dish} on the train to {capital}",
    "{country} exports {goods} and {dish}",
    "the {adjective} people of {country} elect their parliament",
    "the underground of {capital} stops below the {adjective} {sight}",
    "the national flag of {country} hangs above the {adjective} embassy",
)
SIGHTS = ("cathedral", "museum", "station", "square", "theatre", "fountain")
GOODS = ("steel", "cotton", "timber", "machines", "copper", "textiles")


def country_frames(weight: float) -> list[Frame]:
    """Sentences about countries and capitals."""
    scenes = [
        Scene(
            {
                "capital": (capital,),
                "country": (country,),
                "adjective": (adjective,),
                "dish": (dish,),
                "continent": (continent,),
                "place": (place,),
                "sight": SIGHTS,
                "goods": GOODS,
            }
        )
        for capital, country, adjective, dish, continent, place in COUNTRIES
    ]
    return several(PATTERNS, scenes, weight)
