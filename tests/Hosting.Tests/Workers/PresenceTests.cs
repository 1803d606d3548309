using Tppo.Hosting.Workers;
using Tppo.TestKit;

namespace Tppo.Hosting.Tests;

/// <summary>Several processes on one log, each told by its presence.</summary>
public sealed class PresenceTests : IDisposable
{
    private readonly TestLog log;
    private readonly ManualClock clock = new();

    public PresenceTests() => log = new TestLog(clock);

    public void Dispose() => log.Dispose();

    [Fact]
    public void Nobody_ends_while_another_has_something_to_do()
    {
        using var a = Started("a");
        using var b = Started("b");
        Tell(a, 7);
        Tell(b, null);
        Assert.False(a.AllAreIdle(7));
        Assert.Equal(["b"], a.Busy);
        Tell(b, 7);
        Assert.True(a.AllAreIdle(7));
    }

    [Fact]
    public void Who_was_idle_before_the_last_commit_may_have_something_to_do_since()
    {
        using var a = Started("a");
        using var b = Started("b");
        Tell(b, 7);
        Tell(a, 8);
        Assert.False(a.AllAreIdle(8));
    }

    [Fact]
    public void Who_is_about_to_start_is_waited_for_a_little()
    {
        using var a = new Presence(log.Log, "a", clock);
        Tell(a, 7);
        Assert.False(a.AllAreIdle(7));
        clock.Move(TimeSpan.FromSeconds(20));
        Tell(a, 7);
        Assert.False(a.AllAreIdle(7));
        clock.Move(TimeSpan.FromSeconds(11));
        Tell(a, 7);
        Assert.True(a.AllAreIdle(7));
    }

    [Fact]
    public void Who_has_left_is_waited_for_no_more()
    {
        using var a = Started("a");
        var b = Started("b");
        Tell(b, null);
        Tell(a, 7);
        Assert.False(a.AllAreIdle(7));
        b.Dispose();
        Assert.True(a.AllAreIdle(7));
    }

    [Fact]
    public void Who_comes_back_under_its_name_is_waited_for_once()
    {
        using var a = Started("a");
        var killed = Started("b");
        Tell(killed, null);
        using var back = Started("b");
        Tell(back, 7);
        Tell(a, 7);
        Assert.True(a.AllAreIdle(7));
        killed.Dispose();
        Tell(back, null);
        Tell(a, 7);
        Assert.False(a.AllAreIdle(7));
    }

    [Fact]
    public void Who_was_killed_is_forgotten_after_a_while()
    {
        using var a = Started("a");
        Tell(Started("killed"), null);
        Tell(a, 7);
        Assert.False(a.AllAreIdle(7));
        clock.Move(TimeSpan.FromSeconds(20));
        Tell(a, 7);
        Assert.False(a.AllAreIdle(7));
        clock.Move(TimeSpan.FromSeconds(11));
        Tell(a, 7);
        Assert.True(a.AllAreIdle(7));
    }

    private Presence Started(string name)
    {
        var presence = new Presence(log.Log, name, clock);
        presence.Tell(null);
        clock.Move(TimeSpan.FromSeconds(31));
        return presence;
    }

    private void Tell(Presence presence, long? idleAt)
    {
        clock.Move(TimeSpan.FromSeconds(1));
        presence.Tell(idleAt);
    }
}
