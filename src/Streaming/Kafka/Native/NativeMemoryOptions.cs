using System.Runtime.InteropServices;

namespace Tppo.Streaming.Kafka.Native;

/// <summary>How the C library treats memory that librdkafka lets go.</summary>
internal static partial class NativeMemoryOptions
{
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int KeptBytes = 64 << 20;

    /// <summary>
    /// Keeps what the messages of one transaction took for those of the next: given back to the system each time, its pages
    /// would be cleared each time, which costs more than the copying into them.
    /// </summary>
    internal static void KeepForNextTransaction()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)) return;
        _ = MallocOption(TrimThreshold, int.MaxValue);
        _ = MallocOption(TopPad, KeptBytes);
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int MallocOption(int option, int value);
}
