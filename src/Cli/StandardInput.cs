using System.Text;

namespace Tppo.Cli;

/// <summary>Standard input as what it is to every command: UTF-8, whatever the locale says.</summary>
internal static class StandardInput
{
    private const string Descriptor = "/proc/self/fdinfo/0";
    private const int CloseOnExec = 0x80000; // 02000000

    /// <summary>Its lines; none where it is closed.</summary>
    public static StreamReader Open() => new(IsClosed() ? Stream.Null : Console.OpenStandardInput(), Encoding.UTF8);

    // Where it was closed the runtime has put a pipe of its own in its place, and reading that would wait for ever. What a process
    // is started with is never closed by a start; what the runtime opens always is.
    private static bool IsClosed()
    {
        if (!OperatingSystem.IsLinux() || !Directory.Exists("/proc/self/fdinfo")) return false;
        if (!File.Exists(Descriptor)) return true;
        var flags = File.ReadLines(Descriptor).First(l => l.StartsWith("flags:", StringComparison.Ordinal))["flags:".Length..].Trim();
        return (Convert.ToInt32(flags, 8) & CloseOnExec) != 0;
    }
}
