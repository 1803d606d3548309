using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Ingest.Import;
using Tppo.Ingest.Sequencing;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Ingest.Tests;

/// <summary>Topics that bring nothing hold the others back until a mark on the log says otherwise; the clock is moved by hand.</summary>
public sealed class IdleTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private readonly ManualClock clock = new();
    private readonly ServiceKit kit = new(TinyRun.Settings with { Partitions = 1, LatenessSeconds = 10, IdleSeconds = 60 });

    public void Dispose() => kit.Dispose();

    [Fact]
    public void A_quiet_topic_holds_the_others_back_for_the_idle_time_and_no_longer()
    {
        kit.Log.Append([Event(EventType.Click, 0), Event(EventType.Click, 20), Event(EventType.Click, 100)]);
        using var sequencer = Sequencer();
        Work(sequencer);
        clock.Move(Idle - Tick);
        Work(sequencer);
        Assert.Empty(IdleMarks());
        clock.Move(Tick);
        Work(sequencer);
        Assert.Equal([Topics.Purchase, Topics.Search, Topics.Visit], IdleMarks().Select(m => m.Topic).Order(StringComparer.Ordinal));
        Assert.All(IdleMarks(), m => Assert.Equal(
            (0, $"idle/{m.Topic}/0/2024-01-01T00:01:40Z", "2024-01-01T00:01:40Z"), (m.Value.Length, m.Header(HeaderNames.Id), m.Header(HeaderNames.Time))));
        Assert.Equal(["Click0", "Click20"], Timeline());
    }

    [Fact]
    public void What_comes_behind_an_idle_mark_is_late_and_what_comes_before_it_on_the_log_is_not()
    {
        kit.Log.Append([Event(EventType.Click, 0), Event(EventType.Click, 100)]);
        using var sequencer = new Sequencer(kit.ContextOn(new RebalancingLog(kit.Log, [10, 0, 10, 10, 10, 10, 10, 10], [])), clock);
        sequencer.Work(CancellationToken.None);
        clock.Move(Idle);

        // They are on the log, but the poll does not bring them yet: no topic is quiet that has something to read.
        kit.Log.Append([Event(EventType.Search, 5), Event(EventType.Purchase, 5), Event(EventType.Visit, 5)]);
        sequencer.Work(CancellationToken.None);
        Assert.Empty(IdleMarks());
        Work(sequencer);
        Assert.Empty(IdleMarks());
        clock.Move(Idle);
        Work(sequencer);
        Assert.Equal(3, IdleMarks().Count);
        kit.Log.Append([Event(EventType.Search, 7)]);
        Work(sequencer);
        Assert.Equal(["Click0", "Search5", "Purchase5", "Visit5"], Timeline());
        Assert.Equal("Search7", Assert.Single(LiveEvents.Facts(kit, Topics.Late)).Header(HeaderNames.Id));
    }

    [Fact]
    public void A_topic_that_still_brings_events_is_never_marked_and_the_quiet_ones_are_only_up_to_it()
    {
        kit.Log.Append([Event(EventType.Click, 0), Event(EventType.Click, 100), Event(EventType.Search, 1)]);
        using var sequencer = Sequencer();
        Work(sequencer);
        clock.Move(Idle / 2);
        kit.Log.Append([Event(EventType.Search, 30)]);
        Work(sequencer);
        clock.Move(Idle / 2);
        Work(sequencer);
        Assert.Equal([Topics.Purchase, Topics.Visit], IdleMarks().Select(m => m.Topic).Order(StringComparer.Ordinal));
        Assert.All(IdleMarks(), m => Assert.Equal("2024-01-01T00:00:30Z", m.Header(HeaderNames.Time)));
    }

    [Fact]
    public void A_mark_is_written_once_also_when_the_process_dies_behind_it()
    {
        kit.Log.Append([Event(EventType.Click, 0), Event(EventType.Click, 100)]);
        kit.Reopen(new StepFault("sequencer", 1, FaultMark.CrashAfterWrite));
        using (var doomed = Sequencer())
        {
            Assert.Throws<InjectedCrashException>(() =>
            {
                Work(doomed);
                clock.Move(Idle);
                Work(doomed);
            });
        }

        kit.Reopen();
        using var sequencer = Sequencer();
        for (var i = 0; i < 5; i++)
        {
            Work(sequencer);
            clock.Move(Idle);
        }

        Assert.Equal(3, IdleMarks().Count);
        Assert.Equal(["Click0"], Timeline());
    }

    [Theory]
    [InlineData(FaultMark.AbortBeforeWrite)]
    [InlineData(FaultMark.UnknownBeforeWrite)]
    [InlineData(FaultMark.UnknownAfterWrite)]
    public void A_marking_step_that_fails_is_taken_again_and_doubles_nothing(FaultMark mark)
    {
        kit.Log.Append([Event(EventType.Click, 0), Event(EventType.Click, 100)]);
        kit.Reopen(new StepFault("sequencer", 1, mark));
        using var sequencer = Sequencer();
        Work(sequencer);
        clock.Move(Idle);
        Work(sequencer);
        clock.Move(Idle);
        Work(sequencer);
        Assert.Equal(3, IdleMarks().Count);
        Assert.Equal(["Click0"], Timeline());
    }

    [Fact]
    public void Read_again_from_the_log_by_a_clock_that_stands_the_marks_do_what_they_did()
    {
        kit.Log.Append([Event(EventType.Click, 0), Event(EventType.Click, 100)]);
        using (var sequencer = Sequencer())
        {
            Work(sequencer);
            clock.Move(Idle);
            Work(sequencer);
        }

        Assert.Equal(["Click0"], Timeline());
        using var replay = new ServiceKit(kit.Settings);
        foreach (var topic in EventTopics.All)
            replay.Log.Append(
                [
                    .. kit.Records(topic).Select(
                        r => new OutgoingRecord { Topic = r.Topic, Partition = 0, Key = r.Key, Value = r.Value, Headers = [.. r.Headers] }),
                ]);
        replay.RunUntilIdle(c => [new Sequencer(c, new ManualClock())]);
        Assert.Equal(Timeline(), LiveEvents.Facts(replay, Topics.Timeline).Select(r => r.Header(HeaderNames.Id)!));
    }

    [Fact]
    public void While_an_import_is_open_no_topic_is_idle_and_after_its_end_nothing_is_held()
    {
        string import = Importer.SourcePrefix + "x";
        kit.Log.Append([LiveEvents.Record(Of(EventType.Click, 0), import), LiveEvents.Record(Of(EventType.Click, 100), import)]);
        using var sequencer = Sequencer();
        Work(sequencer);
        clock.Move(Idle * 10);
        Work(sequencer);
        kit.Log.Append([EndMark.Of("x", Topics.Click, 0), EndMark.Of("x", Topics.Search, 0), EndMark.Of("x", Topics.Visit, 0)]);
        Work(sequencer);
        clock.Move(Idle * 10);
        Work(sequencer);
        Assert.Empty(IdleMarks());
        kit.Log.Append([EndMark.Of("x", Topics.Purchase, 0)]);
        Work(sequencer);
        clock.Move(Idle * 10);
        Work(sequencer);
        Assert.Empty(IdleMarks());
        Assert.Equal(["Click0", "Click100"], Timeline());

        // Live again.
        kit.Log.Append([Event(EventType.Click, 200), Event(EventType.Click, 300)]);
        Work(sequencer);
        clock.Move(Idle);
        Work(sequencer);
        Assert.Equal(3, IdleMarks().Count);
        Assert.Equal(["Click0", "Click100", "Click200"], Timeline());
    }

    [Fact]
    public void Idle_time_zero_turns_it_off()
    {
        using var off = new ServiceKit(kit.Settings with { IdleSeconds = 0 });
        off.Log.Append([Event(EventType.Click, 0), Event(EventType.Click, 100)]);
        using var sequencer = new Sequencer(off.Context, clock);
        Work(sequencer);
        clock.Move(TimeSpan.FromDays(1));
        Work(sequencer);
        Assert.Empty(off.Records(Topics.Search));
    }

    private Sequencer Sequencer() => new(kit.Context, clock);

    private static void Work(Sequencer sequencer)
    {
        for (var i = 0; i < 20 && sequencer.Work(CancellationToken.None); i++)
        {
            // Until nothing is left to do at this moment.
        }
    }

    private static UserEvent Of(EventType type, int second) => new($"{type}{second}", "u", LiveEvents.Start.AddSeconds(second), type, "text", "");

    private static OutgoingRecord Event(EventType type, int second) => LiveEvents.Record(Of(type, second));

    private List<LogRecord> IdleMarks() => [.. EventTopics.All.SelectMany(kit.Records).Where(r => IdleMark.Is(r, out _))];

    private List<string> Timeline() => LiveEvents.Facts(kit, Topics.Timeline).ConvertAll(r => r.Header(HeaderNames.Id)!);
}
