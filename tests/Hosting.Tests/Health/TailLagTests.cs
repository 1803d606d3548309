using System.Text;
using Prometheus;
using Tppo.Core.Log;
using Tppo.Facts.Ends;
using Tppo.Hosting.Health;
using Tppo.TestKit;

namespace Tppo.Hosting.Tests;

public sealed class TailLagTests
{
    [Fact]
    public async Task Who_reads_on_by_itself_lags_by_what_it_has_not_read()
    {
        using var log = new TestLog();
        var windows = new EndMarkWatch(log.Log, Topics.Windows);
        var lag = new TailLag();
        lag.Watch("a-trainer", windows.Tails);
        log.AppendWindows(3, ends: false);
        var newest = log.Records(Topics.Windows).Max(r => r.Timestamp);
        lag.Tell(log.Log, newest + TimeSpan.FromSeconds(7));
        Assert.Equal(3, (await Values("tppo_consumer_lag_records")).Sum());
        Assert.InRange((await Values("tppo_consumer_lag_seconds")).Single(), 7, 8);

        windows.Refresh();
        lag.Tell(log.Log, newest + TimeSpan.FromSeconds(9));
        Assert.Equal(0, (await Values("tppo_consumer_lag_records")).Sum());
        Assert.Equal(0, (await Values("tppo_consumer_lag_seconds")).Single());
    }

    private static async Task<List<double>> Values(string name)
    {
        using var page = new MemoryStream();
        await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(page, TestContext.Current.CancellationToken);
        return [.. Encoding.UTF8.GetString(page.ToArray()).Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains("\"a-trainer\"", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture))];
    }
}
