using Tppo.Streaming.Tests.Rules;
using Tppo.Streaming.Wire;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

public class RareLinesTests
{
    private readonly LeapingClock clock = new();
    private readonly NotedObserver observer = new();

    [Fact]
    public void A_cause_is_told_once_a_minute_with_how_many_lines_were_left_out()
    {
        var lines = new RareLines(observer, clock);
        for (var i = 0; i < 50; i++)
        {
            lines.Warn($"kafka: connect to 127.0.0.1:{9000 + i} refused after {i} ms");
            clock.Move(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["kafka: connect to 127.0.0.1:9000 refused after 0 ms"], observer.Warnings);
        clock.Move(TimeSpan.FromSeconds(11));
        lines.Warn("kafka: connect to 127.0.0.1:9 refused after 9 ms");
        Assert.Equal("kafka: connect to 127.0.0.1:9 refused after 9 ms (49 more like it in the last minute)", observer.Warnings[^1]);
        lines.Warn("kafka: something else");
        Assert.Equal("kafka: something else", observer.Warnings[^1]);
    }

    [Fact]
    public void Causes_without_number_take_bounded_memory_and_are_all_told()
    {
        var lines = new RareLines(observer, clock);
        for (var i = 0; i < 1000; i++) lines.Warn(new string('x', i));
        Assert.Equal(1000, observer.Warnings.Count);
    }
}
