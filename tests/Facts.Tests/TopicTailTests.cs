using Tppo.Core.Log;
using Tppo.Facts.Models;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Facts.Tests;

public class TopicTailTests
{
    // Of a topic with a prefix nobody asks what stands on it.
    private const string Any = "trial.late.v1";

    [Fact]
    public void Each_record_is_given_once_on_every_partition()
    {
        using var log = new TestLog();
        var tail = new TopicTail(log.Log, Any);
        Assert.Empty(tail.Read());
        for (var p = 0; p < 4; p++) log.Log.AppendNumbers(Any, p, 3, first: 10 * p);
        Assert.Equal(["0", "1", "2", "10", "11", "12", "20", "21", "22", "30", "31", "32"], tail.Read().Select(LogTools.Text));
        Assert.Empty(tail.Read());
        log.Log.AppendNumbers(Any, 2, 1, first: 99);
        Assert.Empty(tail.Read(1));
        Assert.Equal(["99"], tail.Read(2).Select(LogTools.Text));
        Assert.Empty(tail.Read());
    }

    [Fact]
    public void Who_stops_in_the_middle_goes_on_there()
    {
        using var log = new TestLog();
        log.Log.AppendNumbers(Any, 0, 5);
        var tail = new TopicTail(log.Log, Any);
        Assert.Equal(["0", "1"], tail.Read().Take(2).Select(LogTools.Text));
        Assert.Equal(["2", "3", "4"], tail.Read().Select(LogTools.Text));
    }

    [Fact]
    public void A_tail_that_begins_at_the_end_gives_nothing_of_before()
    {
        using var log = new TestLog();
        log.Log.AppendNumbers(Any, 1, 5);
        var tail = TopicTail.AtEnd(log.Log, Any);
        log.Log.AppendNumbers(Any, 1, 2, first: 7);
        Assert.Equal(["7", "8"], tail.Read().Select(LogTools.Text));
    }

    [Fact]
    public void What_is_none_of_our_records_is_passed_over()
    {
        using var log = new TestLog();
        log.Log.AppendNumbers(Topics.Models, 0, 3);
        log.Append(ModelLog.Fact(
            "policy", "policy/1/alias_moved", "tppo.alias_moved.v1", "{\"v\":1,\"kind\":\"alias_moved\",\"model\":\"policy\"}"u8.ToArray()));
        log.Log.AppendNumbers(Topics.Models, 0, 3);
        var tail = new TopicTail(log.Log, Topics.Models);
        Assert.Equal("policy/1/alias_moved", Assert.Single(tail.Read()).Header(HeaderNames.Id));
        Assert.Empty(tail.Read());
    }
}
