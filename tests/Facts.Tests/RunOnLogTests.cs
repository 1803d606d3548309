using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;
using Tppo.TestKit;

namespace Tppo.Facts.Tests;

public sealed class RunOnLogTests : IDisposable
{
    private readonly TestLog log = new();

    public void Dispose() => log.Dispose();

    [Fact]
    public void A_new_log_is_taken_and_remembers_the_run()
    {
        Assert.Null(RunOnLog.Read(log.Log));
        RunOnLog.Claim(log.Log, new RunSettings { Seed = 5 }, "here");
        Assert.Equal(5, RunOnLog.Read(log.Log)!.Seed);
        RunOnLog.Claim(log.Log, new RunSettings { Seed = 5 }, "here");
    }

    [Fact]
    public void A_log_of_another_run_is_refused_and_the_setting_named()
    {
        RunOnLog.Claim(log.Log, new RunSettings { Seed = 2 }, "here");
        var refused = Assert.Throws<UserException>(() => RunOnLog.Claim(log.Log, new RunSettings { Seed = 4 }, "here"));
        Assert.Equal("here: holds a run with other settings: seed: expected 2, found 4; give another --topics-prefix", refused.Message);
    }
}
