using Microsoft.Win32.SafeHandles;
using Tppo.Streaming.Log;

namespace Tppo.Cli.TopicAdmin;

/// <summary>Lines of records on standard output, gathered into writes of some size; notices when nobody reads them any more.</summary>
internal sealed class RecordOutput : IDisposable
{
    private const int GatheredBytesMax = 64 << 10;

    private readonly Stream output = OpenOutput();
    private readonly RecordJson json = new();
    private readonly MemoryStream gathered = new();
    private bool closed;

    /// <summary>Adds a line; false where nobody reads it.</summary>
    public bool Write(LogRecord record)
    {
        var line = json.Line(record).Span;
        if (gathered.Length + line.Length > GatheredBytesMax && !Flush()) return false;
        if (line.Length > GatheredBytesMax) return Put(line);
        gathered.Write(line);
        return true;
    }

    /// <summary>Writes what is gathered; false where nobody reads it.</summary>
    public bool Flush()
    {
        var written = Put(gathered.GetBuffer().AsSpan(0, (int)gathered.Length));
        gathered.SetLength(0);
        return written;
    }

    public void Dispose()
    {
        Flush();
        output.Dispose();
    }

    private bool Put(ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (!closed) output.Write(bytes);
        }
        catch (IOException) when (output is FileStream)
        {
            // The reader of a pipe has what it wanted, as `head` does: the end, and no failure.
            closed = true;
        }

        return !closed;
    }

    // The console's own stream takes a broken pipe for success. A file keeps that stream: its place is shared with who comes after.
    private static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (!pipe.CanSeek) return pipe;
        pipe.Dispose();
        return Console.OpenStandardOutput();
    }
}
