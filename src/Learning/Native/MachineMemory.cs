using System.Globalization;

namespace Tppo.Learning.Native;

/// <summary>How much memory this process may still take.</summary>
internal static class MachineMemory
{
    private const string Linux = "/proc/meminfo", Key = "MemAvailable:";

    /// <summary>Bytes: what the machine says is available, or the limit that this process is held to where that is less.</summary>
    internal static long Available()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (!File.Exists(Linux)) return limit;
        var line = File.ReadLines(Linux).FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        var kilobytes = line?[Key.Length..].Trim().Split(' ')[0];
        return long.TryParse(kilobytes, NumberStyles.None, CultureInfo.InvariantCulture, out var available) ? Math.Min(limit, available * 1024) : limit;
    }
}
