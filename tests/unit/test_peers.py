"""Who asks gets exactly one answer to each question: the right one, or why there is none."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.machine import Alarm, Close, Closed, Connect, Frame, Opened, Refused, Request, Response, Wake
from engine.peers import Answer, Peers
from engine.world.plain import state_digest
from engine.world.world import World

MS = 1_000_000
PATIENCE = 100


def peers(**more):
    return Peers("B1", PATIENCE, **more)


def told(asker, now, message):
    """(answers, effects) of a message."""
    effects = []
    return asker.on(now, message, effects), effects


def standing(asker, peer="B2", connection=9, now=0, tag="first"):
    """Ask something, and let the connection come about. Returns the request under way."""
    connect = asker.ask(now, peer, "hello", tag)[0]
    answers, effects = told(asker, now, Opened(connection, peer, connect.token))
    assert answers == []
    return effects[0]


# --- asking ------------------------------------------------------------------------------------------


def test_the_first_question_opens_a_connection_and_waits_for_it():
    asker = peers()
    assert asker.ask(0, "B2", "hello", "tag") == [Connect("B2", 1), Wake(PATIENCE, "peers")]
    assert asker.busy("B2") == 1


def test_all_that_waited_is_sent_in_order_once_the_connection_stands():
    asker = peers()
    asker.ask(0, "B2", "one", 1)
    assert asker.ask(1, "B2", "two", 2) == []
    answers, effects = told(asker, 2, Opened(9, "B2", 1))
    assert answers == []
    assert effects == [Request(9, 1, "one", "B1"), Request(9, 2, "two", "B1")]


def test_on_a_standing_connection_a_question_goes_at_once():
    asker = peers()
    standing(asker)
    assert asker.ask(5, "B2", "more", "tag") == [Request(9, 2, "more", "B1")]


def test_each_peer_has_a_connection_of_its_own():
    asker = peers()
    standing(asker, "B2", 8)
    assert asker.ask(0, "B3", "hello", 1)[0] == Connect("B3", 2)
    assert (asker.busy("B2"), asker.busy("B3"), asker.busy("B4")) == (1, 1, 0)


def test_an_answer_finds_its_question_in_any_order():
    asker = peers()
    first = standing(asker)
    (second,) = asker.ask(0, "B2", "second", "other")
    assert told(asker, 1, Response(9, second.correlation, "B")) == ([Answer("B2", "other", "B")], [])
    assert told(asker, 1, Response(9, first.correlation, "A")) == ([Answer("B2", "first", "A")], [])
    assert asker.busy("B2") == 0


def test_an_answer_counts_once():
    asker = peers()
    request = standing(asker)
    told(asker, 1, Response(9, request.correlation, "A"))
    assert told(asker, 1, Response(9, request.correlation, "A")) == ([], [])


def test_what_is_not_about_our_connections_is_ignored():
    asker = peers()
    request = standing(asker)
    for message in (
        Response(8, request.correlation, "?"),
        Response(9, 77, "?"),
        Closed(8),
        Refused("B3", 1),
        Refused("B2", 77),
        Alarm("other", 0),
        Frame(9, b""),
    ):
        assert told(asker, 500, message) == ([], [])
    assert asker.busy("B2") == 1


def test_a_tag_may_be_anything():
    asker = peers()
    tag = ("fetch", ["FIAP", 0])
    request = standing(asker, tag=tag)
    answers, _ = told(asker, 1, Response(9, request.correlation, None))
    assert answers[0].tag is tag


# --- without an answer -------------------------------------------------------------------------------


def test_a_refusal_answers_all_that_waited():
    asker = peers()
    asker.ask(0, "B2", "one", 1)
    asker.ask(0, "B2", "two", 2)
    answers, effects = told(asker, 1, Refused("B2", 1))
    assert answers == [Answer("B2", 1, None, "refused"), Answer("B2", 2, None, "refused")]
    assert effects == []
    assert asker.busy("B2") == 0


def test_a_lost_connection_answers_all_that_was_asked_on_it():
    asker = peers()
    standing(asker)
    asker.ask(0, "B2", "two", "second")
    answers, effects = told(asker, 1, Closed(9))
    assert answers == [Answer("B2", "first", None, "closed"), Answer("B2", "second", None, "closed")]
    assert effects == []


def test_after_a_loss_nothing_is_opened_until_somebody_asks_again():
    asker = peers()
    standing(asker)
    told(asker, 1, Closed(9))
    assert asker.ask(2, "B2", "again", 1) == [Connect("B2", 2)]  # the alarm is set already


def test_only_the_peer_that_was_lost_is_lost():
    asker = peers()
    standing(asker, "B2", 8)
    other = standing(asker, "B3", 9)
    told(asker, 1, Closed(8))
    assert asker.busy("B3") == 1
    assert told(asker, 1, Response(9, other.correlation, "A"))[0] == [Answer("B3", "first", "A")]


def test_a_question_that_waited_too_long_closes_its_connection_and_answers_all_on_it():
    asker = peers()
    standing(asker)
    asker.ask(50, "B2", "later", "second")
    answers, effects = told(asker, PATIENCE, Alarm("peers", 0))
    assert answers == [Answer("B2", "first", None, "timeout"), Answer("B2", "second", None, "timeout")]
    # The second is answered with the first; nothing is left to wait for but its place in the queue.
    assert effects[0] == Close(9)
    assert asker.busy("B2") == 0


def test_a_connection_that_does_not_come_about_is_given_up_and_closed_should_it_come():
    asker = peers()
    asker.ask(0, "B2", "hello", 1)
    assert told(asker, PATIENCE, Alarm("peers", 0)) == ([Answer("B2", 1, None, "timeout")], [])
    assert told(asker, 150, Opened(9, "B2", 1)) == ([], [Close(9)])


def test_the_answer_to_an_earlier_attempt_is_not_taken_for_the_current_one():
    asker = peers()
    asker.ask(0, "B2", "hello", 1)
    told(asker, PATIENCE, Alarm("peers", 0))
    asker.ask(150, "B2", "again", 2)
    assert told(asker, 160, Refused("B2", 1)) == ([], [])
    assert told(asker, 160, Opened(8, "B2", 1)) == ([], [Close(8)])
    assert told(asker, 170, Opened(9, "B2", 2)) == ([], [Request(9, 2, "again", "B1")])


def test_a_late_answer_is_nobodys():
    asker = peers()
    request = standing(asker)
    told(asker, PATIENCE, Alarm("peers", 0))
    assert told(asker, 101, Response(9, request.correlation, "late")) == ([], [])
    assert told(asker, 101, Closed(9)) == ([], [])


# --- the alarm ---------------------------------------------------------------------------------------


def test_one_alarm_serves_all_questions():
    asker = peers()
    effects = asker.ask(0, "B2", "one", 1) + asker.ask(10, "B3", "two", 2) + asker.ask(20, "B2", "three", 3)
    assert [effect for effect in effects if isinstance(effect, Wake)] == [Wake(PATIENCE, "peers")]


def test_an_alarm_that_rings_for_nobody_is_set_for_who_waits_now():
    asker = peers()
    request = standing(asker)
    told(asker, 1, Response(9, request.correlation, "A"))
    asker.ask(60, "B2", "later", 2)
    assert told(asker, PATIENCE, Alarm("peers", 0)) == ([], [Wake(160, "peers")])
    answers, effects = told(asker, 160, Alarm("peers", 0))
    assert [answer.why for answer in answers] == ["timeout"]
    assert effects == [Close(9)]


def test_when_nobody_waits_there_is_no_alarm():
    asker = peers()
    request = standing(asker)
    told(asker, 1, Response(9, request.correlation, "A"))
    assert told(asker, PATIENCE, Alarm("peers", 0)) == ([], [])
    assert asker.ask(500, "B2", "hello", 2) == [Request(9, 2, "hello", "B1"), Wake(600, "peers")]


def test_an_alarm_that_rings_early_on_a_clock_set_back_is_set_again():
    asker = peers()
    standing(asker)
    assert told(asker, 40, Alarm("peers", 0)) == ([], [Wake(PATIENCE, "peers")])


def test_a_thousand_answered_questions_leave_nothing_behind():
    asker = peers()
    standing(asker)
    told(asker, 0, Response(9, 1, None))
    for now in range(1000):
        (request, *_) = asker.ask(now, "B2", now, now)
        told(asker, now, Response(9, request.correlation, None))
    assert (asker.busy("B2"), len(asker._queue)) == (0, 0)


# --- hanging up and posting --------------------------------------------------------------------------


def test_hanging_up_closes_and_answers_nothing_any_more():
    asker = peers()
    request = standing(asker)
    assert asker.hang_up("B2") == [Close(9)]
    assert told(asker, 1, Response(9, request.correlation, "A")) == ([], [])
    assert told(asker, PATIENCE, Alarm("peers", 0)) == ([], [])
    assert asker.busy("B2") == 0


def test_hanging_up_while_connecting_closes_once_it_stands():
    asker = peers()
    asker.ask(0, "B2", "hello", 1)
    assert asker.hang_up("B2") == []
    assert told(asker, 1, Opened(9, "B2", 1)) == ([], [Close(9)])


def test_hanging_up_on_a_stranger_does_nothing():
    assert peers().hang_up("B7") == []


def test_one_can_ask_again_after_hanging_up():
    asker = peers()
    standing(asker)
    asker.hang_up("B2")
    assert asker.ask(1, "B2", "again", 1) == [Connect("B2", 2)]


def test_a_post_needs_a_standing_connection_and_gets_no_answer():
    asker = peers()
    assert asker.post("B2", "x") is None
    asker.ask(0, "B2", "hello", 1)
    assert asker.post("B2", "x") is None
    told(asker, 0, Opened(9, "B2", 1))
    (posted,) = asker.post("B2", "x")
    assert posted == Request(9, 2, "x", "B1")
    assert asker.busy("B2") == 1
    assert told(asker, 1, Response(9, 2, "?")) == ([], [])


# --- lives and siblings ------------------------------------------------------------------------------


def test_each_life_starts_its_correlations_anew_above_all_earlier_ones():
    first, second = peers(life=1), peers(life=2)
    assert standing(second).correlation > standing(first).correlation + 1_000_000
    answer_to_first = Response(9, standing(first, "B3", 5).correlation, "?")
    assert told(second, 1, answer_to_first) == ([], [])


def test_two_of_one_machine_do_not_take_each_others_connections():
    control, fetching = peers(alarm="control"), peers(alarm="fetching", number=2)
    to_control, *_ = control.ask(0, "B2", "hello", 1)
    to_fetching, *_ = fetching.ask(0, "B2", "fetch", 2)
    assert to_control.token != to_fetching.token
    assert told(control, 1, Opened(9, "B2", to_fetching.token)) == ([], [])
    assert told(fetching, 1, Refused("B2", to_control.token)) == ([], [])
    assert told(fetching, PATIENCE, Alarm("control", 0)) == ([], [])
    assert told(fetching, 1, Opened(9, "B2", to_fetching.token))[1] == [Request(9, 1, "fetch", "B1")]


def test_a_copy_goes_its_own_way():
    asker = peers()
    request = standing(asker)
    branch = copy.deepcopy(asker)
    assert state_digest(branch) == state_digest(asker)
    told(branch, 1, Response(9, request.correlation, "A"))
    assert (branch.busy("B2"), asker.busy("B2")) == (0, 1)


# --- in a World --------------------------------------------------------------------------------------


class Asker:
    """Asks every 3 ms, whoever comes next, and notes what became of it."""

    traced = False

    def __init__(self, life, others):
        self.peers = Peers("asker", 10 * MS, life)
        self.others, self.asked, self.answers = others, 0, []

    def start(self, now):
        return [Wake(now, "ask")]

    def handle(self, now, message):
        effects = []
        if isinstance(message, Alarm) and message.name == "ask":
            self.asked += 1
            peer = self.others[self.asked % len(self.others)]
            effects += self.peers.ask(now, peer, self.asked, self.asked)
            effects.append(Wake(now + 3 * MS, "ask"))
        for answer in self.peers.on(now, message, effects):
            self.answers.append((answer.tag, answer.body, answer.why))
        return effects

    def settle(self, now):
        return ()


class Server:
    traced = False

    def start(self, now):
        return ()

    def handle(self, now, message):
        return [Response(message.connection, message.correlation, message.body)] if isinstance(message, Request) else ()

    def settle(self, now):
        return ()


def asking_world(others=("B1", "B2")):
    world = World(1, link_ns=MS)
    for name in others:
        world.add_node(name, Server())
    world.add_node("asker", Asker(1, list(others)))
    return world


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (lambda world: world.crash_node("B1"), {"closed", "refused"}),
        (lambda world: world.links.cut("B1", "asker"), {"timeout"}),
        (lambda world: world.links.cut("asker", "B1"), {"timeout"}),
        (lambda world: world.pause_node("B1", 10**12), {"timeout"}),
        (lambda world: world.links.delay("asker", "B1", 50 * MS), {"timeout"}),
    ],
    ids=["crash", "cut back", "cut there", "pause", "delay"],
)
def test_whatever_happens_to_a_peer_its_questions_are_answered_and_the_others_do_not_suffer(fault, why):
    world = asking_world()
    world.advance(30 * MS)
    asker = world.nodes["asker"].machine
    assert {answer[2] for answer in asker.answers} == {""}
    asker.answers.clear()
    before = asker.asked
    fault(world)
    world.advance(100 * MS)
    failed = [tag for tag, _, reason in asker.answers if reason]
    assert failed and {reason for _, _, reason in asker.answers} <= {"", *why}
    assert all(asker.others[tag % 2] == "B1" for tag in failed)
    assert {tag for tag, _, _ in asker.answers} >= set(range(before + 1, asker.asked - 4))  # all but the last 10 ms


fault = st.sampled_from(["crash", "start", "cut", "heal", "pause", "reset", "nothing"])


@settings(max_examples=40, deadline=None)
@given(faults=st.lists(st.tuples(fault, st.sampled_from(["B1", "B2"]), st.integers(1, 25)), max_size=12))
def test_each_question_is_answered_exactly_once_and_never_by_the_answer_to_another(faults):
    world = asking_world()
    asker = world.nodes["asker"].machine
    for what, name, ms in faults:
        if what == "crash":
            world.crash_node(name)
        elif what == "start" and not world.nodes[name].alive:
            world.start_node(name, Server())
        elif what == "cut":
            world.links.cut(name, "asker")
        elif what == "heal":
            world.links.heal()
        elif what == "pause":
            world.pause_node(name, world.now + ms * MS)
        elif what == "reset" and world.connections.by_id:
            world.reset_connection(list(world.connections.by_id)[-1])
        world.advance(world.now + ms * MS)
    world.advance(world.now + 12 * MS)
    tags = [tag for tag, _, _ in asker.answers]
    assert len(set(tags)) == len(tags)
    assert all(body == tag for tag, body, why in asker.answers if not why)
    unanswered = set(range(1, asker.asked + 1)) - set(tags)
    assert all(tag > asker.asked - 5 for tag in unanswered)  # those asked within the last 10 ms
