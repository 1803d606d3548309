using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Kafka.Native;

/// <summary>
/// Headers of one message as arguments of a produce call. Stored ones are pointed to where they are stored; others are written
/// out in memory of our own, which the next message uses again: the library takes copies.
/// </summary>
internal sealed unsafe class WireHeaders : IDisposable
{
    private const int NumberBytesMax = 20;

    // Frequent names and values, as C's strings, by their codes; kept for ever.
    private static readonly nint[] Names = [.. HeaderCodes.AllNames.Select(Marshal.StringToCoTaskMemUTF8)];
    private static readonly (nint Text, int Length)[] Values =
    [
        .. HeaderCodes.AllValues.Select(v => (Marshal.StringToCoTaskMemUTF8(v), Encoding.UTF8.GetByteCount(v))),
    ];
    private static readonly byte SequenceCode = HeaderCodes.CodeOfName(HeaderNames.Sequence);
    private RdKafka.Argument* arguments = (RdKafka.Argument*)NativeMemory.Alloc(64, (nuint)sizeof(RdKafka.Argument));
    private byte* text = (byte*)NativeMemory.Alloc(4096);
    private int argumentsMax = 64, textMax = 4096, textUsed;

    /// <summary>The arguments so far.</summary>
    internal RdKafka.Argument* Arguments => arguments;

    /// <summary>How many there are.</summary>
    internal int Count { get; private set; }

    /// <summary>Memory that is never null: what a pointer to nothing would mean something else for.</summary>
    internal byte* Somewhere => text;

    /// <summary>Begins a message: makes room for everything that follows.</summary>
    internal void Begin(in KafkaMessage message)
    {
        (Count, textUsed) = (0, 0);
        var (count, bytes) = (message.Headers.Count + 8, Room(message.Key) + Room(message.Sequence) + NumberBytesMax);
        switch (message.Headers)
        {
            case PackedHeaders packed:
                bytes += packed.Bytes.Length + packed.Count;
                break;
            case ExtendedHeaders extended:
                bytes += extended.Packed.Bytes.Length + extended.Count;
                foreach (var header in extended.More) bytes += Room(header.Name) + Room(header.Value);
                break;
            default:
                for (var i = 0; i < message.Headers.Count; i++) bytes += Room(message.Headers[i].Name) + Room(message.Headers[i].Value);
                break;
        }

        Reserve(count, bytes);
    }

    /// <summary>Adds an argument.</summary>
    internal void Add(RdKafka.Argument argument) => arguments[Count++] = argument;

    /// <summary>Writes a text; there is a zero behind it.</summary>
    internal byte* Write(string value, out int length)
    {
        var start = text + textUsed;
        length = Encoding.UTF8.GetBytes(value, new Span<byte>(start, textMax - textUsed));
        start[length] = 0;
        textUsed += length + 1;
        return start;
    }

    /// <summary>Adds the headers, and the number of the sequence behind them.</summary>
    /// <param name="message">Whose.</param>
    /// <param name="stored">Where its stored headers lie, held fast; null where there are none.</param>
    internal void AddAll(in KafkaMessage message, byte* stored)
    {
        var numbered = message.Sequence is not null;
        switch (message.Headers)
        {
            case PackedHeaders packed:
                AddPacked(packed, stored, numbered);
                break;
            case ExtendedHeaders extended:
                AddPacked(extended.Packed, stored, numbered);
                foreach (var header in extended.More) AddOne(header, numbered);
                break;
            default:
                for (var i = 0; i < message.Headers.Count; i++) AddOne(message.Headers[i], numbered);
                break;
        }

        if (!numbered) return;
        var value = Write(message.Sequence!, out var length);
        message.Number.TryFormat(new Span<byte>(value + length, NumberBytesMax), out var digits, default, CultureInfo.InvariantCulture);
        textUsed += digits;
        Add(RdKafka.Argument.Header((byte*)Names[SequenceCode], value, length + digits));
    }

    public void Dispose()
    {
        NativeMemory.Free(arguments);
        NativeMemory.Free(text);
        arguments = null;
        text = null;
    }

    private static int Room(string? value) => value is null ? 0 : (3 * value.Length) + 1;

    private void AddPacked(PackedHeaders packed, byte* stored, bool numbered)
    {
        var reader = new ByteReader(packed.Bytes);
        for (var i = 0; i < packed.Count; i++)
        {
            var code = reader.Byte();
            var name = code == HeaderCodes.WrittenOut ? Terminated(ref reader) : (byte*)Names[code];
            var valueCode = reader.Byte();
            var length = valueCode == HeaderCodes.WrittenOut ? reader.Number() : Values[valueCode].Length;
            var value = valueCode == HeaderCodes.WrittenOut ? stored + reader.Position : (byte*)Values[valueCode].Text;
            if (valueCode == HeaderCodes.WrittenOut) reader.Span(length);
            if (!numbered || code != SequenceCode) Add(RdKafka.Argument.Header(name, value, length));
        }
    }

    private void AddOne(Header header, bool numbered)
    {
        if (numbered && header.Name == HeaderNames.Sequence) return;
        var code = HeaderCodes.CodeOfName(header.Name);
        var name = code == HeaderCodes.WrittenOut ? Write(header.Name, out _) : (byte*)Names[code];
        var value = Write(header.Value, out var length);
        Add(RdKafka.Argument.Header(name, value, length));
    }

    private byte* Terminated(ref ByteReader reader)
    {
        var name = reader.Span(reader.Number());
        var start = text + textUsed;
        name.CopyTo(new Span<byte>(start, name.Length));
        start[name.Length] = 0;
        textUsed += name.Length + 1;
        return start;
    }

    private void Reserve(int count, int bytes)
    {
        if (count > argumentsMax)
        {
            argumentsMax = 2 * count;
            arguments = (RdKafka.Argument*)NativeMemory.Realloc(arguments, (nuint)(argumentsMax * sizeof(RdKafka.Argument)));
        }

        if (bytes > textMax)
        {
            textMax = 2 * bytes;
            text = (byte*)NativeMemory.Realloc(text, (nuint)textMax);
        }
    }
}
