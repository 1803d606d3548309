using System.Security.Cryptography;
using Tppo.Core;

namespace Tppo.JudgeServer;

/// <summary>A model's file.</summary>
public static class GgufFile
{
    private const int Digits = 16;

    /// <summary>What a model is called wherever it matters which it is: by what is in its file, not by the file's name.</summary>
    /// <returns><c>gguf-</c> and 16 digits of its SHA-256.</returns>
    /// <exception cref="UserException">There is no such file, or it is of another kind.</exception>
    public static string IdOf(string file)
    {
        using var stream = Open(file);
        return string.Concat("gguf-", Convert.ToHexStringLower(SHA256.HashData(stream)).AsSpan(0, Digits));
    }

    /// <summary>Opens it for reading, from its beginning.</summary>
    /// <exception cref="UserException">There is no such file, or it is of another kind.</exception>
    internal static FileStream Open(string file)
    {
        if (Directory.Exists(file)) throw new UserException($"{file}: expected a GGUF file, found a folder");
        if (!File.Exists(file)) throw new UserException($"{file}: no such file");
        FileStream stream;
        try
        {
            stream = File.OpenRead(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"{file}: {e.Message}", e);
        }

        Span<byte> magic = stackalloc byte[4];
        if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) == magic.Length && magic.SequenceEqual("GGUF"u8))
        {
            stream.Position = 0;
            return stream;
        }

        stream.Dispose();
        throw new UserException($"{file}: expected a GGUF file, found another kind");
    }
}
