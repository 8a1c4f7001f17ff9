"""Lines are judged by their text; the first fatal one names the cause."""

import pytest

from hwsim.spice.complaints import Complaint, Line, complaint_of, first_complaint, own_words

# As ngspice 39 writes them.
SEARCH = [
    "Warning: singular matrix:  check node v1#branch",
    "Note: Starting dynamic gmin stepping",
    "Trying gmin =   1.0000E-03 Warning: singular matrix:  check node v1#branch",
    "Warning: Further gmin increment",
    "Warning: Dynamic gmin stepping failed",
    "Warning: True gmin stepping failed",
    "Supplies reduced to   0.0000% ",
    "Warning: source stepping failed",
]


@pytest.mark.parametrize(
    "text",
    [
        *SEARCH,
        "",
        "Checking parameters for BSIM 3.3 model n",
        "Warning: Pd = 0 is less than W.",
        "Warning: Model issue on line 4 :",
        ".model error nmos level=8 blah=3 ...",
        "unrecognized parameter (blah) - ignored",
        "Note: Transient op finished successfully",
        "Using SPARSE 1.3 as Direct Linear Solver",
    ],
)
def test_harmless(text):
    assert complaint_of(text) is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Error on line 4 or its substitute:", Complaint.DECK),
        ("Simulation interrupted due to error!", Complaint.DECK),
        ("Error: circuit not parsed.", Complaint.DECK),
        ("Error: there aren't any circuits loaded.", Complaint.DECK),
        ("ERROR, library file x, section definition tt not found", Complaint.DECK),
        ("Warning: No job (tran, ac, op etc.) defined:", Complaint.DECK),
        ("doAnalyses: TRAN:  Timestep too small; time = 0.0005", Complaint.CONVERGENCE),
        ("doAnalyses: iteration limit reached", Complaint.CONVERGENCE),
        ("Error: Transient op failed, timestep too small", Complaint.CONVERGENCE),
        ("tran simulation(s) aborted", Complaint.CONVERGENCE),
        (".measure tran x when v(b)=5 failed!", Complaint.MEASURE),
        ("Error: measure  x  when(WHEN) : out of interval", Complaint.MEASURE),
    ],
)
def test_fatal(text, complaint):
    assert complaint_of(text) is complaint


def test_the_first_fatal_line_names_the_cause():
    texts = ["Undefined parameter [nope]", "doAnalyses: not found", "run simulation(s) aborted"]
    lines = [Line(text, is_error=True) for text in texts]
    assert first_complaint(lines) is Complaint.DECK
    assert first_complaint(lines[1:]) is Complaint.CONVERGENCE


def test_only_the_error_stream_is_judged():
    assert first_complaint([Line("error        1.2", is_error=False)]) is None


def test_the_words_tell_cause_and_end_and_leave_out_the_search():
    texts = [*SEARCH, *SEARCH, "doAnalyses: TRAN:  Timestep too small", "run simulation(s) aborted"]
    words = own_words([Line(text, is_error=True) for text in texts])
    assert words == (
        "Warning: singular matrix: check node v1#branch; Warning: Dynamic gmin stepping failed; "
        "Warning: True gmin stepping failed; Warning: source stepping failed; "
        "doAnalyses: TRAN: Timestep too small; run simulation(s) aborted"
    )


def test_many_words_are_cut_in_their_middle():
    words = own_words([Line(f"line {number}", is_error=True) for number in range(100)])
    assert words == "line 0; line 1; ...; line 96; line 97; line 98; line 99"
