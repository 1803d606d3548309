using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Checkpoints;

/// <summary>
/// A safetensors file that is open: its header is read and checked, its tensors are read one by one, straight to where they are to be.
/// </summary>
internal sealed class SafeTensorsFile : IDisposable
{
    private const int WindowBytes = 1 << 24;
    private readonly SafeFileHandle file;
    private readonly long dataStart;

    private SafeTensorsFile(string path, SafeFileHandle file)
    {
        (Path, this.file) = (path, file);
        (Entries, dataStart) = SafeTensorsHeader.Read(path, file);
    }

    internal string Path { get; }

    /// <summary>What is in it, by name.</summary>
    internal IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <summary>Opens a file; nothing but its header is read.</summary>
    /// <exception cref="InvalidDataException">It is no safetensors file, or its header does not fit it.</exception>
    internal static SafeTensorsFile Open(string path)
    {
        var file = File.OpenHandle(path);
        try
        {
            return new SafeTensorsFile(path, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A tensor in its own type, the caller's to dispose; it outlives any dispose scope.</summary>
    internal Tensor Read(string name)
    {
        var entry = Entries[name];
        var tensor = CPU.Empty(entry.Type, entry.Shape).DetachFromDisposeScope();
        try
        {
            using var flat = tensor.reshape(-1);
            for (var at = 0L; at < entry.To - entry.From;)
            {
                using var part = Part(flat, at / flat.element_size(), WindowBytes / flat.element_size());
                ReadExactly(part.bytes, entry.From + at, name);
                at += part.bytes.Length;
            }

            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    /// <summary>Reads a float32, bfloat16 or float16 tensor into a dense float32 tensor of its shape, on the CPU.</summary>
    /// <exception cref="InvalidDataException">It has another type, or holds a number that is none.</exception>
    internal void ReadInto(string name, Tensor target)
    {
        var entry = Entries[name];
        if (entry.Type is not (ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16))
            throw new InvalidDataException($"{Path}: {name} has type {entry.Type}, expected Float32, BFloat16 or Float16");
        var size = entry.Type == ScalarType.Float32 ? sizeof(float) : sizeof(ushort);
        using var flat = target.reshape(-1);
        var narrow = entry.Type == ScalarType.Float32 ? [] : new byte[WindowBytes / 2];
        for (long at = 0, all = flat.numel(); at < all;)
        {
            using var part = Part(flat, at, WindowBytes / sizeof(float));
            var numbers = MemoryMarshal.Cast<byte, float>(part.bytes);
            var bytes = entry.Type == ScalarType.Float32 ? part.bytes : narrow.AsSpan(0, numbers.Length * size);
            ReadExactly(bytes, entry.From + (at * size), name);
            if (entry.Type == ScalarType.BFloat16) Widen(MemoryMarshal.Cast<byte, ushort>(bytes), numbers);
            else if (entry.Type == ScalarType.Float16) Widen(MemoryMarshal.Cast<byte, Half>(bytes), numbers);
            if (!AreFinite(numbers)) throw new InvalidDataException($"{Path}: {name} holds a number that is not finite");
            at += numbers.Length;
        }
    }

    public void Dispose() => file.Dispose();

    private static Tensor Part(Tensor flat, long from, long most) => flat.narrow(0, from, Math.Min(most, flat.numel() - from));

    private static void Widen(ReadOnlySpan<ushort> halves, Span<float> numbers)
    {
        for (var i = 0; i < halves.Length; i++) numbers[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
    }

    private static void Widen(ReadOnlySpan<Half> halves, Span<float> numbers)
    {
        for (var i = 0; i < halves.Length; i++) numbers[i] = (float)halves[i];
    }

    private static bool AreFinite(ReadOnlySpan<float> numbers)
    {
        var all = true;
        foreach (var number in numbers) all &= float.IsFinite(number);
        return all;
    }

    private void ReadExactly(Span<byte> bytes, long from, string name)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var count = RandomAccess.Read(file, bytes[at..], dataStart + from + at);
            if (count == 0) throw new InvalidDataException($"{Path}: the file ends inside {name}: it has been cut since it was opened");
            at += count;
        }
    }
}
