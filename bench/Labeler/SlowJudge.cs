using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Tppo.Labeler.Bench;

/// <summary>A stand-in for a judge, as a process of its own, so that its work is not counted as ours; every answer takes as long.</summary>
internal sealed class SlowJudge : IDisposable
{
    private readonly Process process;

    private SlowJudge(Process process, Uri url) => (this.process, Url) = (process, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Starts one.</summary>
    public static SlowJudge Start(int milliseconds)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["judge", milliseconds.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        return new SlowJudge(process, new Uri(process.StandardOutput.ReadLine()!));
    }

    /// <summary>Is one, until its standard input ends.</summary>
    public static async Task ServeAsync(int milliseconds)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Console.WriteLine($"http://{listener.LocalEndpoint}/v1");
        var pace = new Pace(milliseconds);
        _ = Task.Run(async () =>
        {
            while (true) _ = TalkAsync(await listener.AcceptSocketAsync(), pace);
        });
        while (await Console.In.ReadLineAsync() is not null) continue;
        Console.WriteLine(pace.Mean.ToString("F1", CultureInfo.InvariantCulture));
    }

    /// <summary>Ends it, and says how many milliseconds an answer took, by its own clock.</summary>
    public string End()
    {
        process.StandardInput.Close();
        var mean = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return mean;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    // Timers ring late, by a millisecond or two: what answers took too long so far is taken off the next, so that their mean is right.
    private sealed class Pace(int milliseconds)
    {
        private readonly Lock gate = new();
        private double late, sum;
        private long count;

        public double Mean => sum / Math.Max(1, count);

        public TimeSpan Next
        {
            get
            {
                lock (gate) return TimeSpan.FromMilliseconds(Math.Max(1, Math.Round(milliseconds - late)));
            }
        }

        public void Took(TimeSpan duration)
        {
            const double Share = 0.01;
            lock (gate)
            {
                late += Share * (duration.TotalMilliseconds - milliseconds);
                sum += duration.TotalMilliseconds;
                count++;
            }
        }
    }

    // As little of HTTP as an HttpClient needs: requests of a known length, one after another.
    private static async Task TalkAsync(Socket socket, Pace pace)
    {
        using var _ = socket;
        socket.NoDelay = true;
        var buffer = new byte[1 << 18];
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0) return;
            length += read;
            if (Body(buffer.AsSpan(0, length)) is not { } body) continue;
            var begun = Stopwatch.GetTimestamp();
            var pause = Task.Delay(pace.Next);
            var answer = Answer(buffer.AsSpan(body));
            length = 0;
            await pause;
            pace.Took(Stopwatch.GetElapsedTime(begun));
            await socket.SendAsync(answer);
        }
    }

    // Where the body is, when all of it has come.
    private static Range? Body(ReadOnlySpan<byte> bytes)
    {
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0) return null;
        var at = bytes[..head].IndexOf("Content-Length: "u8) + "Content-Length: ".Length;
        if (!Utf8Parser.TryParse(bytes[at..head], out int length, out int _)) throw new InvalidDataException("expected a length");
        var start = head + "\r\n\r\n".Length;
        return bytes.Length >= start + length ? start..(start + length) : null;
    }

    // In the form that it is held to, every second word relevant. It is to cost as little as may be: it shares our machine.
    private static byte[] Answer(ReadOnlySpan<byte> body)
    {
        var content = new StringBuilder("{\"words\":[");
        var reader = new Utf8JsonReader(body);
        for (var count = 0; reader.Read();)
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("const"u8)) continue;
            reader.Read();
            var word = JsonEncodedText.Encode(reader.GetString()!);
            content.Append(count == 0 ? "" : ",").Append("[\"").Append(word.Value).Append("\",").Append(count++ % 2).Append(']');
        }

        var escaped = JsonEncodedText.Encode(content.Append("],\"whole\":1}").ToString());
        var json = $$$"""{"choices":[{"index":0,"message":{"role":"assistant","content":"{{{escaped.Value}}}"},"finish_reason":"stop"}],"""
            + """ "usage":{"prompt_tokens":300,"completion_tokens":200}}""";
        var length = Encoding.UTF8.GetByteCount(json).ToString(CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{json}");
    }
}
