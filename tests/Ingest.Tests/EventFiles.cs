using System.IO.Compression;
using System.Text;
using Tppo.Core.Events;

namespace Tppo.Ingest.Tests;

/// <summary>Files of events in a folder that is gone with the test.</summary>
public sealed class EventFiles : IDisposable
{
    public const string Header = "user\tts\ttype\ttext\turl";

    public string Folder { get; } = Directory.CreateTempSubdirectory("tppo-files-").FullName;

    public string Tsv(params string[] lines) => Bytes(Encoding.UTF8.GetBytes(Header + "\n" + string.Join('\n', lines) + "\n"));

    public string Bytes(byte[] bytes, string name = "events.tsv")
    {
        var file = Path.Combine(Folder, name);
        File.WriteAllBytes(file, bytes);
        return file;
    }

    public string Events(IEnumerable<UserEvent> events, params string[] more) => Tsv([.. events.Select(Line), .. more]);

    public static string Line(UserEvent e) => $"{e.User}\t{EventTime.Format(e.Time)}\t{e.Type.Name()}\t{e.Text}\t{e.Url}";

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>Four searches of one person: one window of three targets.</summary>
    public static string[] Four { get; } = [.. Enumerable.Range(1, 4).Select(i => $"ann\t2024-01-01T10:0{i}:00Z\tsearch\tquery {i}\t")];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
