using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace Tppo.Cli;

/// <summary>
/// What the shell or the supervisor lets this process have (<c>ulimit</c>). Runtime, torch and RocksDB end with a stack trace or an
/// abort where it is too little, so it is looked at before anything else is done.
/// </summary>
internal static partial class MachineLimits
{
    private const long Mib = 1L << 20;

    // Seen to work on two cores: 7 GiB of addresses, 200 files. A log's and a checkpoint's largest files take some hundred MiB.
    private static readonly Limit[] Needed =
    [
        new("ulimit -v", "memory addresses", Unit: "MiB", Mib, Least: 7168, Linux: 9, Mac: 5),
        new("ulimit -n", "open files", Unit: "", 1, Least: 256, Linux: 7, Mac: 8),
        new("ulimit -f", "bytes in a file", Unit: "MiB", Mib, Least: 1024, Linux: 1, Mac: 1),
    ];

    private static readonly string[] OpenLogs = ["demo", "run", "rebuild", "log", "topics"];

    /// <summary>The first limit that is too low for a command that opens a log: a line; null where none is.</summary>
    public static string? Fault(string[] args) => OperatingSystem.IsWindows() || !args.Take(1).Any(OpenLogs.Contains) ? null : Fault(Read);

    /// <summary>The same of what <paramref name="limitOf"/> says; null stands for no limit.</summary>
    internal static string? Fault(Func<Limit, ulong?> limitOf)
    {
        foreach (var limit in Needed)
        {
            if (limitOf(limit) is not { } has || has / (ulong)limit.Scale >= (ulong)limit.Least) continue;
            var unit = limit.Unit.Length == 0 ? "" : " " + limit.Unit;
            var (least, found) = (Digits((ulong)limit.Least), Digits(has / (ulong)limit.Scale));
            return string.Concat([limit.Name, ": expected ", least, unit, " or more (", limit.What, "), found ", found, unit, ": raise it and start again"]);
        }

        return null;
    }

    /// <summary>Says a line on standard error, where there may be too little of everything for a console.</summary>
    public static void Tell(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat("tppo: ", line, "\n"));
        _ = Write(2, bytes, bytes.Length);
    }

    // Without a culture: its tables may not fit any more.
    private static string Digits(ulong number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var written);
        return Encoding.ASCII.GetString(digits[..written]);
    }

    private static ulong? Read(Limit limit)
    {
        if (GetLimit(OperatingSystem.IsMacOS() ? limit.Mac : limit.Linux, out var found) != 0) return null;
        return found.Soft >= long.MaxValue ? null : found.Soft;
    }

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int file, byte[] bytes, nint count);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Pair limit);

    /// <summary>A limit by the shell's name, and the least that a run needs of it.</summary>
    internal sealed record Limit(string Name, string What, string Unit, long Scale, long Least, int Linux, int Mac);

    [StructLayout(LayoutKind.Sequential)]
    private struct Pair
    {
        public ulong Soft;
        public ulong Hard;
    }
}
