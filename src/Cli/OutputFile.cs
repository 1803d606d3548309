using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Tppo.Core;

namespace Tppo.Cli;

/// <summary>
/// An output that a user chose. It is written into, whatever it is: a file (which keeps its mode), what a link leads to, a pipe, a
/// device, standard output. It is never put in place of what was there, as a rename would.
/// </summary>
internal static class OutputFile
{
    /// <summary>The name of standard output.</summary>
    public const string StandardOutput = "-";

    private const int LinksMax = 40;

    /// <summary>Refuses what can be seen to be no place for an output.</summary>
    /// <exception cref="UserException">It is a folder, or lies in none that is there.</exception>
    public static void Check(string option, string path)
    {
        if (path == StandardOutput) return;
        if (path.Length == 0) throw new UserException($"{option}: expected a file, found nothing");
        if (Directory.Exists(path)) throw new UserException($"{option} {path}: expected a file, found a folder");
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))) throw new UserException($"{option} {path}: no such folder");
    }

    /// <summary>Writes a text.</summary>
    /// <exception cref="UserException">It cannot be written.</exception>
    public static void Write(string option, string path, string text)
    {
        try
        {
            using var stream = Open(path);
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{option} {path}: {e.Message}", e);
        }
    }

    private static Stream Open(string path)
    {
        if (path == StandardOutput) return Console.OpenStandardOutput();
        return OwnDescriptor(path) switch
        {
            // Opened anew, a file that the shell has opened would be cut under what was printed to it.
            1 => Console.OpenStandardOutput(),
            2 => Console.OpenStandardError(),
            { } other => new FileStream(new SafeFileHandle(other, ownsHandle: false), FileAccess.Write, bufferSize: 0),
            null => new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
        };
    }

    // Which of our open files a path leads to: /dev/stdout, /dev/fd/1, /proc/self/fd/1, or a link to one of these.
    private static int? OwnDescriptor(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        var at = Path.GetFullPath(path);
        for (var links = 0; links < LinksMax; links++)
        {
            var folder = Path.GetDirectoryName(at);
            if (folder is "/dev/fd" or "/proc/self/fd" || folder == FormattableString.Invariant($"/proc/{Environment.ProcessId}/fd"))
                return int.TryParse(Path.GetFileName(at), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            if (new FileInfo(at).LinkTarget is not { } target) return null;
            at = Path.GetFullPath(target, folder ?? "/");
        }

        return null;
    }
}
