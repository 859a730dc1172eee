"""What the compiled engine works on: where each number stands in its arrays.

Everything is a whole number but the values of laws and the odds. Instants are in ticks, days are calendar days since
the first of the calendar ("ordinals"), an index below 0 means "none". 64-bit keys of chance are kept as signed numbers.
All arrays belong to the caller. The engine stops where one is too small or a row is missing, and goes on where it stopped.
"""

from __future__ import annotations

TICKS = 65_536
"""Ticks in a working day."""

NONE = -1

NO_DAY = -(2**40)
"""No due day, and no instant at which work was asked for: both may lie before the run, where they are below 0."""

NOTHING = 0
"""A 0 with a name: a literal one would have what it is handed to compiled once more."""

# why the engine stopped
DONE, ROOM, ROW, LETTER, VIOLATED, ODD, FULL = range(7)

# phases of an instant
COMPLETE, LAPSE_PHASE, MEETING, SCHEDULE, ARRIVAL, START = range(6)

# what an entry of the agenda does
(
    ARRIVE,
    RESUME,
    AWAKEN,
    GO_ON,
    WORKED,
    REPLY,
    HAPPEN,
    EXTEND,
    LAPSE,
    ATTEND,
    MEET,
    DISPATCH,
    STAFF,
    TAKE_UP,
) = range(14)

# the lines of the log
(
    ARRIVED,
    STEP,
    LAPSED,
    STOPPED,
    LATE,
    ASKED,
    STARTED,
    FINISHED,
    DROPPED,
    INTERRUPTED,
    TAKEN,
) = range(11)

# the columns of the log: ticks; case * 16 + line; stage | to << 12 | step << 24 | flags << 40 | pace << 42; x | y << 16
TIME, WHO, WHAT, MORE = range(4)
LOG_COLUMNS = 4

# the columns of the agenda: a heap of what is near, each entry ticks; phase << 60 | (number + OFFSET) << 31 | sequence; payload
# * 16 + action; such entries of what is far, each with the next of its slot; for each slot the first
H_NEAR, H_FAR, H_NEXT, H_FIRST, HEAP_COLUMNS = 0, 3, 6, 7, 8
SLOT_BITS = 14
"""Ticks of a slot, a quarter of a day, as a power of 2: what is due after the slot at hand is far."""
SLOTS = 256
"""Far slots with a list of their own; more are on the lists of those so many before them. A power of 2."""
OFFSET = 1_024
"""Added to the number in an entry, so that the number -1 - n of a meeting fits."""
MOST_CASES = 2**29 - 2 * OFFSET
MOST_ENTRIES = 2**31 - 2

# the numbers of a run
(
    NOW,
    END,
    SEQUENCE,
    PENDING,
    CASES,
    LINES,
    NODES,
    NODES_USED,
    FREE_NODE,
    HELD_REPLIES,
    UNDER_WAY,
    CASE,
    ACTION,
    PAYLOAD,
    WOKEN,
    SERIAL,
    STAMP,
    NEED,
    NEED_MOVE,
    ARRIVAL_PURPOSE,
    ROOM_LINES,
    ROOM_ENTRIES,
    ROOM_NODES,
    SEED,
    REPLICATION,
    BASE,
    FIRST_DAY,
    STEPS,
    CLOCKS,
    FIELDS,
    PANELS,
    CLOCK_AT,
    PANEL_AT,
    MEMBER_AT,
    LEFT,
    QUIET,
    FOLLOWING,
    FOLLOWED,
    UNFINISHED,
    NEAR,
    SLOT,
    FAR,
    FREE_FAR,
    SCALARS,
) = range(44)

# what is under way
IDLE, EVENT, LAPSING, MEETING_HELD, DISPATCHING, LIFE = range(6)

# the columns of a case; then the running clocks in order, a block for each clock, a block for each panel, and how many
# members of each group of a pool are at its work
(
    KIND,
    CONFIGURATION,
    STAGE,
    OVER,
    WATCHED,
    ALIVE,
    TOKEN,
    AWAKE,
    MODE,
    TASK,
    LAST_TASK,
    REPEATED,
    INDEX,
    CHOSEN,
    LISTENING,
    MEETING_ROOM,
    PLACE,
    JOB,
    JOB_TASK,
    JOB_STARTED,
    JOB_DUE,
    JOB_ASKED,
    EFFORT,
    EFFORT_PACE,
    TURN,
    WORK_BEGUN,
    WORK_LEFT,
    PACE,
    CARRIED,
    LAST_LAPSE,
    ACTIVE,
    KEY,
    HELD_FIRST,
    HELD_LAST,
    RUNNING,
    CASE_COLUMNS,
) = range(36)

# the block of a clock
(
    RUNS,
    BEGAN,
    UNLIMITED,
    STOPPED_SINCE,
    HAS_LAPSED,
    BREACHED,
    DUE,
    FIRST_PAUSE,
    LAST_PAUSE,
    FIRST_EXTENSION,
    LAST_EXTENSION,
    CLOCK_COLUMNS,
) = range(12)

# the block of a panel
ROUND, OUTSTANDING, PANEL_COLUMNS = range(3)

# where a case is in its life
(
    BEGINS,
    WISHES,
    ENTER,
    TRY,
    BEGIN,
    WORK,
    DELAY,
    MEET_MODE,
    PANEL,
    END_MODE,
    CHOICE,
    TAKE,
    TAKEN_UP,
) = range(13)

# the columns of a move
(
    M_STEP,
    M_TARGET,
    M_STAGE,
    M_TIMED,
    M_PANELS,
    M_ENDS,
    M_RESUMES,
    M_FIRST,
    M_LAST,
    M_LETTER,
    M_LINE,
    MOVE_COLUMNS,
) = range(12)

# the columns of an op, and its kinds
O_KIND, O_NAME, O_BY = range(3)
OP_START, OP_STOP, OP_EXTEND, OP_BEGIN, OP_END, OP_OPEN, OP_CLOSE, OP_ASK = range(8)

# the columns of a task
(
    T_REPEAT,
    T_CHANCE,
    T_CHANCE_AT,
    T_BEGIN,
    T_BEGIN_END,
    T_POOL,
    T_RANK,
    T_PLACE,
    T_ASKED,
    T_TEAM,
    T_SKILL,
    T_EFFORT,
    T_EFFORT_PURPOSE,
    T_EFFORT_AT,
    T_DELAY,
    T_DELAY_PURPOSE,
    T_DELAY_AT,
    T_CALENDAR,
    T_MEETING,
    T_PANEL,
    T_CHOOSE,
    T_CHOOSE_END,
    T_CHOICE,
    T_CHOICE_AT,
    T_FIRST_OF,
    T_FIRST_OF_END,
    T_TAKE,
    T_TAKE_END,
    TASK_COLUMNS,
) = range(29)

# the columns of a wish: an incident or an extension
(
    W_STEP,
    W_CHANCE,
    W_CHANCE_AT,
    W_DELAY,
    W_DELAY_PURPOSE,
    W_DELAY_AT,
    W_CALENDAR,
    W_DAYS_BEFORE,
    WISH_COLUMNS,
) = range(9)

# the columns of a voter
(
    V_PANEL,
    V_FIELD,
    V_KEYS,
    V_KEYS_END,
    V_LATENCY,
    V_LATE,
    V_PROPENSITY,
    V_PROPENSITY_SIZE,
    V_PROPENSITY_PURPOSE,
    V_LATENCY_PURPOSE,
    V_SILENCE_PURPOSE,
    V_VOTE_PURPOSE,
    V_OBJECTION,
    V_NEUTRAL,
    V_SUPPORT,
    V_EFFORT,
    V_EFFORT_PURPOSE,
    V_ASKED,
    V_ASKED_END,
    VOTER_COLUMNS,
) = range(20)

# the columns of a kind
K_FIRST, K_STAGE, K_BEGINS, K_BEGINS_END, K_INCIDENTS, K_INCIDENTS_END, KIND_COLUMNS = range(7)

# the columns of a case with which a run begins: its taking up as a move, what the log says of it, what is left to do in its
# stage, its incidents, how its members replied
(
    N_MOVE,
    N_SUBJECT,
    N_TASKS,
    N_TASKS_END,
    N_INCIDENTS,
    N_INCIDENTS_END,
    N_SAID,
    N_SAID_END,
    OPENING_COLUMNS,
) = range(9)

# the columns of what was said: by whom in which round, and whether it was an objection; of no member, the class of members
# as it is asked again in an open round
B_FIELD, B_ROUND, B_MEMBER, B_WHAT = range(4)

# the columns of a law, a clock, a span, a meeting, a stream, a fork, a day
L_KIND, L_FIRST, L_COUNT = range(3)
C_LIMIT, C_STOPPED_BY = range(2)
S_COUNT, S_UNIT = range(2)
WORKING_DAY, CALENDAR_DAY, CALENDAR_MONTH = range(3)
R_AGENDA, R_FIRST, R_LAST = range(3)
A_WAY, A_GAP, A_KEY, A_WEIGHTS, A_DAYS, A_KNOWN, A_KNOWN_END, STREAM_COLUMNS = range(8)
F_PURPOSE, F_FIRST, F_LAST = range(3)
D_INDEX, D_WORKED, D_MONTH, D_OF_MONTH = range(4)

# the columns of a pool, and of a pool in a run: the queue stands from P_HEAD to P_TAIL
G_FIRST, G_LAST, G_BY_DUE, G_PREEMPTIVE, G_CARRIES, POOL_COLUMNS = range(6)
P_CALLED, P_HEAD, P_TAIL, P_IN_HAND, P_WORKING, P_PLACE, DESK_COLUMNS = range(7)
QUEUE_COLUMNS = 4
NEVER = 2**61
"""The due day of a case that has none, and an instant after every run."""

# the columns of a meeting, and of a stream, in a run
Q_FIRST, Q_LAST = range(2)
X_COUNT, X_DAY, X_INNER, X_COLUMNS = range(4)
