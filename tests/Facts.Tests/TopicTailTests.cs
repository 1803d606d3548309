using Tppo.Core.Log;
using Tppo.TestKit;

namespace Tppo.Facts.Tests;

public class TopicTailTests
{
    [Fact]
    public void Each_record_is_given_once_on_every_partition()
    {
        using var log = new TestLog();
        var tail = new TopicTail(log.Log, Topics.Search);
        Assert.Empty(tail.Read());
        for (var p = 0; p < 4; p++) log.Log.AppendNumbers(Topics.Search, p, 3, first: 10 * p);
        Assert.Equal(["0", "1", "2", "10", "11", "12", "20", "21", "22", "30", "31", "32"], tail.Read().Select(LogTools.Text));
        Assert.Empty(tail.Read());
        log.Log.AppendNumbers(Topics.Search, 2, 1, first: 99);
        Assert.Empty(tail.Read(1));
        Assert.Equal(["99"], tail.Read(2).Select(LogTools.Text));
        Assert.Empty(tail.Read());
    }

    [Fact]
    public void Who_stops_in_the_middle_goes_on_there()
    {
        using var log = new TestLog();
        log.Log.AppendNumbers(Topics.Search, 0, 5);
        var tail = new TopicTail(log.Log, Topics.Search);
        Assert.Equal(["0", "1"], tail.Read().Take(2).Select(LogTools.Text));
        Assert.Equal(["2", "3", "4"], tail.Read().Select(LogTools.Text));
    }

    [Fact]
    public void A_tail_that_begins_at_the_end_gives_nothing_of_before()
    {
        using var log = new TestLog();
        log.Log.AppendNumbers(Topics.Search, 1, 5);
        var tail = TopicTail.AtEnd(log.Log, Topics.Search);
        log.Log.AppendNumbers(Topics.Search, 1, 2, first: 7);
        Assert.Equal(["7", "8"], tail.Read().Select(LogTools.Text));
    }
}
