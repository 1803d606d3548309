using System.Runtime.InteropServices;

namespace Tppo.Cli;

/// <summary>Makes what this process creates its owner's alone: folders 0700, files 0600. People's searches stand in them.</summary>
internal static partial class PrivateFiles
{
    private const uint OthersMay = 0x3F; // 0077: nothing

    /// <summary>From here on; a stricter mask of the caller's stays as strict. Windows has no such mask.</summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsWindows()) _ = SetMask(OthersMay);
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
