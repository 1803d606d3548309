using System.Buffers.Binary;

namespace Tppo.Streaming.Codecs;

/// <summary>
/// One table of a FlatBuffers message, read with every step checked against the message's end: whatever lies outside is an
/// <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
internal readonly ref struct FlatTable
{
    private readonly ReadOnlySpan<byte> message;
    private readonly int position;
    private readonly ReadOnlySpan<byte> slots;

    private FlatTable(ReadOnlySpan<byte> message, int position)
    {
        this.message = message;
        this.position = position;
        var slotTable = checked(position - BinaryPrimitives.ReadInt32LittleEndian(message[position..]));
        var slotTableBytes = BinaryPrimitives.ReadUInt16LittleEndian(message[slotTable..]);
        slots = message.Slice(slotTable, slotTableBytes)[4..];
    }

    internal static FlatTable Root(ReadOnlySpan<byte> message) => new(message, checked((int)BinaryPrimitives.ReadUInt32LittleEndian(message)));

    internal bool Has(int field) => Slot(field) != 0;

    /// <summary>A number of 1, 2, 4 or 8 bytes; 0 where the field is left out.</summary>
    internal long Number(int field, int bytes)
    {
        var slot = Slot(field);
        if (slot == 0) return 0;
        var at = message.Slice(position + slot, bytes);
        return bytes switch
        {
            1 => at[0],
            2 => BinaryPrimitives.ReadInt16LittleEndian(at),
            4 => BinaryPrimitives.ReadInt32LittleEndian(at),
            _ => BinaryPrimitives.ReadInt64LittleEndian(at),
        };
    }

    internal FlatTable Table(int field) => new(message, Target(position + Slot(field)));

    /// <summary>The bytes of a vector of numbers, structs or characters; empty where the field is left out.</summary>
    internal ReadOnlySpan<byte> Vector(int field, int itemBytes)
    {
        if (!Has(field)) return default;
        var at = Target(position + Slot(field));
        return message.Slice(at + 4, checked((int)BinaryPrimitives.ReadUInt32LittleEndian(message[at..]) * itemBytes));
    }

    internal int Tables(int field) => Vector(field, 4).Length / 4;

    /// <summary>A table of a vector of tables.</summary>
    internal FlatTable Table(int field, int index) => new(message, Target(Target(position + Slot(field)) + 4 + (4 * index)));

    private int Slot(int field) => slots.Length >= 2 * (field + 1) ? BinaryPrimitives.ReadUInt16LittleEndian(slots[(2 * field)..]) : 0;

    private int Target(int from) => checked(from + (int)BinaryPrimitives.ReadUInt32LittleEndian(message[from..]));
}
