using System.Runtime.InteropServices;

namespace Tppo.Facts.Artifacts;

/// <summary>Forces a folder's entries to the disk: without it a power cut may take a rename back that was long done.</summary>
internal static partial class FolderSync
{
    private const int ReadOnly = 0;

    /// <summary>Returns when the disk has the names that stand in a folder. Windows does this by itself.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    internal static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var opened = Open(folder, ReadOnly);
        if (opened < 0) throw Failed(folder);
        try
        {
            if (Sync(opened) != 0) throw Failed(folder);
        }
        finally
        {
            _ = Close(opened);
        }
    }

    private static IOException Failed(string folder) => new($"{folder}: cannot be forced to the disk: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int opened);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int opened);
}
