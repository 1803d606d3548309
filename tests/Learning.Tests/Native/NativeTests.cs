using System.Text;
using TorchSharp;
using Tppo.Core.Settings;
using Tppo.Learning.Native;

namespace Tppo.Learning.Tests.Native;

public class NativeTests
{
    private const string Version = "GLIBCXX_3.4.32";

    [Fact]
    public void Torch_loads_and_computes_on_this_machine()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(3, (torch.ones(1) + 2).item<float>());
        Assert.Null(NativeBootstrap.Problem);
    }

    [Fact]
    public void Only_the_flag_of_the_wanted_version_changes()
    {
        if (!OperatingSystem.IsLinux()) return;
        var before = File.ReadAllBytes(BindingsFile());
        var after = before.ToArray();
        Assert.True(ElfVersionNeed.MarkWeak(after, Version));
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToArray();
        Assert.Single(changed);
        Assert.Equal(before[changed[0]] | 2, after[changed[0]]);
    }

    [Fact]
    public void A_version_that_is_not_asked_for_leaves_the_library_alone()
    {
        if (!OperatingSystem.IsLinux()) return;
        var bytes = File.ReadAllBytes(BindingsFile());
        var copy = bytes.ToArray();
        Assert.False(ElfVersionNeed.MarkWeak(copy, "GLIBCXX_9.9.9"));
        Assert.Equal(bytes, copy);
    }

    [Fact]
    public void What_is_no_library_is_left_alone()
    {
        Assert.False(ElfVersionNeed.MarkWeak(Encoding.ASCII.GetBytes("not an ELF file, but long enough to hold a header of sixty-four bytes"), Version));
        Assert.False(ElfVersionNeed.MarkWeak([], Version));
    }

    [Fact]
    public void Starting_again_with_the_same_settings_changes_nothing_and_with_others_is_refused()
    {
        var inForce = TorchRuntime.InForce;
        TorchRuntime.Start(Numerics.Portable, TorchFixture.Threads);
        Assert.Equal(inForce, TorchRuntime.InForce);
        Assert.Throws<InvalidOperationException>(() => TorchRuntime.Start(Numerics.Native, TorchFixture.Threads));
        Assert.Throws<InvalidOperationException>(() => TorchRuntime.Start(Numerics.Portable, TorchFixture.Threads + 1));
    }

    [Fact]
    public void What_is_in_force_names_numerics_and_threads()
    {
        Assert.Contains("numerics=Portable", TorchRuntime.InForce, StringComparison.Ordinal);
        Assert.Contains($"threads={TorchFixture.Threads}", TorchRuntime.InForce, StringComparison.Ordinal);
        Assert.Equal(TorchFixture.Threads, torch.get_num_threads());
    }

    [Fact]
    public void A_second_user_of_torch_waits_for_the_first()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        using (TorchTurn.Take(cancellation))
        {
            Assert.Throws<OperationCanceledException>(() => TorchTurn.Take(cancelled.Token));
        }

        var turn = TorchTurn.Take(cancellation);
        turn.Dispose();
        turn.Dispose();
        using var again = TorchTurn.Take(cancellation);
        Assert.Throws<OperationCanceledException>(() => TorchTurn.Take(cancelled.Token));
    }

    [Fact]
    public void Live_tensors_are_counted()
    {
        var before = TorchRuntime.LiveTensors;
        using (torch.ones(3)) Assert.Equal(before + 1, TorchRuntime.LiveTensors);
        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    private static string BindingsFile() =>
        Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).First();
}
