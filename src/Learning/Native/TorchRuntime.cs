using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using Tppo.Core.Settings;

namespace Tppo.Learning.Native;

/// <summary>
/// Settings of the native libraries that must stand before they are loaded: instruction sets, threads, memory. Call
/// <see cref="Start"/> once, before anything else of torch.
/// </summary>
/// <remarks>
/// They go in by libc's setenv, since .NET's own environment does not reach getenv. The allocator is told to keep what it
/// has: a training step frees and asks for the same megabytes again (12 % of training time, 23 % of sampling).
/// </remarks>
public static partial class TorchRuntime
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapMax = -4;

    private static readonly Lock Gate = new();
    private static (Numerics Numerics, int Threads)? started;
    private static long handlesMoved;

    /// <summary>What is in force, for checkpoints: numerics, caps, threads. Equal strings are a condition of equal bits.</summary>
    public static string InForce { get; private set; } = "not started";

    /// <summary>Tensors that are alive in this process.</summary>
    public static long LiveTensors => torch.Tensor.TotalCount - Interlocked.Read(ref handlesMoved);

    /// <summary>Sets the libraries up and loads them. Calling again with the same arguments does nothing.</summary>
    /// <param name="numerics">Which instruction sets may be used.</param>
    /// <param name="threads">Threads of one operator, at least 1.</param>
    /// <exception cref="InvalidOperationException">It was started with other arguments, or the libraries do not load.</exception>
    public static void Start(Numerics numerics, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        lock (Gate)
        {
            if (started == (numerics, threads)) return;
            if (started is { } other)
            {
                throw new InvalidOperationException(
                    $"torch is already running with {other.Numerics} numerics and {other.Threads} threads; a process has one setting");
            }

            var caps = numerics == Numerics.Portable ? PortableCaps() : [];
            foreach (var (name, value) in caps) SetEnvironment(name, value, overwrite: true);
            // Idle workers of one process otherwise spin against those of another (0.4 s a step becomes 3.2 s).
            SetEnvironment("GOMP_SPINCOUNT", "1000", overwrite: false);
            KeepMemory();
            NativeBootstrap.CheckFolder();
            Load(threads);
            var list = string.Concat(caps.Select(cap => $"; {cap.Name}={cap.Value}"));
            InForce = $"numerics={numerics}{list}; threads={threads}; architecture={RuntimeInformation.ProcessArchitecture}; "
                + $"libtorch={NativeBootstrap.LibTorchVersion}";
            started = (numerics, threads);
        }
    }

    // A parameter takes the handle of the tensor that it is made of, which TorchSharp then goes on counting for ever.
    internal static void HandleMoved() => Interlocked.Increment(ref handlesMoved);

    private static void Load(int threads)
    {
        try
        {
            torch.set_num_threads(threads);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException)
        {
            throw new InvalidOperationException(
                NativeBootstrap.Problem ?? $"libtorch {NativeBootstrap.LibTorchVersion} does not load: {e.GetBaseException().Message}", e);
        }
    }

    // MKL promises equal bits across Intel's machines at AVX2; elsewhere only its slowest code, COMPATIBLE, is promised to be the
    // same. It is left with attention's small products: the large ones are oneDNN's, whose AVX2 code every maker's processor runs.
    private static List<(string Name, string Value)> PortableCaps()
    {
        if (!X86Base.IsSupported) return [];
        var matrix = IsIntel() && Avx2.IsSupported ? "AVX2,STRICT" : "COMPATIBLE";
        return [("ATEN_CPU_CAPABILITY", Avx2.IsSupported ? "avx2" : "default"), ("MKL_CBWR", matrix), ("ONEDNN_MAX_CPU_ISA", "AVX2")];
    }

    private static bool IsIntel()
    {
        var (_, b, c, d) = X86Base.CpuId(0, 0);
        return (b, d, c) == (0x756E6547, 0x49656E69, 0x6C65746E); // "Genu" "ineI" "ntel"
    }

    private static void KeepMemory()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)) return;
        _ = MallocOption(MmapMax, 0);
        _ = MallocOption(TrimThreshold, int.MaxValue);
        _ = MallocOption(TopPad, 64 << 20);
    }

    private static void SetEnvironment(string name, string value, bool overwrite)
    {
        if (OperatingSystem.IsWindows())
        {
            if (overwrite || Environment.GetEnvironmentVariable(name) is null) _ = PutEnvironment(name, value);
        }
        else
        {
            _ = SetEnvironment(name, value, overwrite ? 1 : 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("ucrtbase", EntryPoint = "_putenv_s", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PutEnvironment(string name, string value);

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallocOption(int option, int value);
}
