using Tppo.Core.Log;
using Tppo.Facts.Ends;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Facts.Tests.Ends;

public class EndMarkWatchTests
{
    [Fact]
    public void A_stage_has_ended_when_every_partition_has_its_mark_and_what_lies_before_the_marks_is_its_own()
    {
        using var log = new TestLog();
        var watch = new EndMarkWatch(log.Log, Topics.Timeline);
        for (var p = 0; p < 3; p++) log.Append(LogTools.Record(Topics.Timeline, "x", p), EndMark.Of("import/1", Topics.Timeline, p));
        log.Append(EndMark.Of("another", Topics.Timeline, 3));
        watch.Refresh();
        Assert.Null(watch.FirstEnded());
        Assert.Null(watch.Before("import/1"));
        log.Append(EndMark.Of("import/1", Topics.Timeline, 3));
        watch.Refresh();
        var ranges = watch.Before("import/1");
        Assert.NotNull(ranges);
        Assert.Equal(
            log.Records(Topics.Timeline).Where(r => EndMark.Is(r, out var s) && s == "import/1")
                .Select(r => new OffsetRange(new TopicPartition(Topics.Timeline, r.Partition), 0, r.Offset)),
            ranges);
        Assert.Equal(ranges, watch.FirstEnded());
        watch.Refresh();
        Assert.Equal(ranges, watch.Before("import/1"));
        Assert.Null(watch.Before("another"));
    }
}
