using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

public sealed class InterruptedRunTests(UnbrokenRun unbroken)
{
    [Fact]
    public void Killed_three_times_and_started_again_it_ends_with_the_same_checkpoint_and_nothing_doubled()
    {
        var folder = unbroken.NewFolder();
        var struck = 0;
        // A later life begins where the one before left off: together they reach over the run.
        foreach (var share in new[] { 0.3, 0.55, 0.55 })
        {
            using var process = TppoProcess.Start(UnbrokenRun.Demo(folder));
            if (!process.WaitForExit(share * unbroken.Took)) struck++;
            process.Kill();
            process.WaitForExit();
        }

        Assert.True(struck > 0, "every life ended before it could be killed");
        var last = TppoProcess.Run(UnbrokenRun.Demo(folder));
        Assert.True(last.Code == 0, last.Error);
        unbroken.AssertEqual(folder);
    }

    [Fact]
    public void Asked_to_stop_it_ends_in_order_and_the_same_command_goes_on()
    {
        var folder = unbroken.NewFolder();
        using var process = TppoProcess.Start(UnbrokenRun.Demo(folder));
        while (process.StandardOutput.ReadLine() is { } line && !line.Contains("done  window", StringComparison.Ordinal)) continue;

        TppoProcess.Terminate(process);
        var stopped = TppoProcess.End(process);
        Assert.Equal((143, ""), (stopped.Code, stopped.Error));
        Assert.False(File.Exists(Path.Combine(folder, "result.json")));

        Assert.Equal(0, TppoProcess.Run(UnbrokenRun.Demo(folder)).Code);
        unbroken.AssertEqual(folder);
    }

    [Fact]
    public void A_service_that_waits_for_work_ends_in_order_when_asked_to()
    {
        using var process = TppoProcess.Start(
            "run", "labeler", "--data", unbroken.NewFolder(), "--config", Path.Combine(unbroken.Folder, "run.json"), "--metrics-port", "0");
        while (process.StandardError.ReadLine() is { } line && !line.Contains("listening", StringComparison.Ordinal)) continue;

        TppoProcess.Terminate(process);
        Assert.Equal(143, TppoProcess.End(process).Code);
    }
}
