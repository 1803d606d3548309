using Tppo.Core.Log;
using Tppo.Core.Settings;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.TestKit;

namespace Tppo.Facts.Tests;

public sealed class ModelLogTests : IDisposable
{
    private readonly TestLog log = new();

    public void Dispose() => log.Dispose();

    [Fact]
    public void Settings_that_services_which_start_together_each_write_are_no_fault_others_are()
    {
        foreach (var seed in new[] { 5, 5, 6 }) log.Log.Append([RunOnLog.Fact(new RunSettings { Seed = seed })]);
        var models = new ModelLog(log.Log);
        models.Refresh();
        var records = log.Log.Read(new TopicPartition(Topics.Models, 0), 0, 10).ToList();
        Assert.Equal([null, null, "run/settings stands already"], records.Select(models.Fault));
    }
}
