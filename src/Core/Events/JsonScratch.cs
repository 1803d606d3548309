using System.Buffers;
using System.Text.Json;

namespace Tppo.Core.Events;

/// <summary>A writer and its buffer, one a thread: small objects are written by the million, and only their bytes are kept.</summary>
internal sealed class JsonScratch : IDisposable
{
    private const int BytesKept = 1 << 16;

    [ThreadStatic]
    private static JsonScratch? mine;

    private readonly ArrayBufferWriter<byte> buffer = new(4096);
    private readonly Utf8JsonWriter json;

    private JsonScratch() => json = new Utf8JsonWriter(buffer, EventJson.Writing);

    /// <summary>The bytes of what <paramref name="write"/> writes.</summary>
    internal static byte[] Write<T>(T value, Action<Utf8JsonWriter, T> write) => Write(value, write, static bytes => bytes.ToArray());

    /// <summary>What <paramref name="keep"/> makes of the bytes that <paramref name="write"/> writes; it must not hold on to them.</summary>
    internal static TKept Write<T, TKept>(T value, Action<Utf8JsonWriter, T> write, Func<ReadOnlySpan<byte>, TKept> keep)
    {
        var scratch = mine ?? new JsonScratch();

        // Taken out while in use: where a write fails, its half-written rest goes with it.
        mine = null;
        write(scratch.json, value);
        scratch.json.Flush();
        var written = keep(scratch.buffer.WrittenSpan);
        if (scratch.buffer.Capacity <= BytesKept) mine = scratch.Cleared();
        else scratch.Dispose();
        return written;
    }

    public void Dispose() => json.Dispose();

    private JsonScratch Cleared()
    {
        buffer.ResetWrittenCount();
        json.Reset(buffer);
        return this;
    }
}
