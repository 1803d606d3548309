using System.Runtime.InteropServices;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Native;

/// <summary>
/// Loads the librdkafka that the package brought. Left to itself the loader may take one that the system has, an old one
/// perhaps, without a word. Of the package's builds for Linux the first needs a newer libsasl2 than Debian 12 has; the second
/// needs none and does PLAIN, SCRAM and TLS all the same.
/// </summary>
internal static class KafkaLibrary
{
    private static readonly Lock Gate = new();

    internal static void Load()
    {
        lock (Gate)
        {
            if (Driver.Library.IsLoaded) return;
            NativeLibrary.SetDllImportResolver(
                typeof(Driver.Library).Assembly, (name, _, _) => name.Contains("rdkafka", StringComparison.Ordinal) ? OfThePackage() : IntPtr.Zero);
            Driver.Library.Load();
            NativeMemoryOptions.KeepForNextTransaction();
        }
    }

    /// <summary>The package's library, loaded; none: the loader looks for itself.</summary>
    internal static IntPtr OfThePackage()
    {
        var folder = Path.GetDirectoryName(typeof(KafkaLibrary).Assembly.Location) ?? AppContext.BaseDirectory;
        foreach (var path in Candidates(folder))
        {
            if (File.Exists(path) && NativeLibrary.TryLoad(path, out var library)) return library;
        }

        return IntPtr.Zero;
    }

    private static IEnumerable<string> Candidates(string folder)
    {
        var (system, extension) = OperatingSystem.IsWindows() ? ("win", "dll") : OperatingSystem.IsMacOS() ? ("osx", "dylib") : ("linux", "so");
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string[] names = system == "linux" ? ["librdkafka", "centos8-librdkafka", "alpine-librdkafka"] : ["librdkafka"];
        foreach (var name in names)
        {
            yield return Path.Combine(folder, "runtimes", $"{system}-{architecture}", "native", $"{name}.{extension}");
            yield return Path.Combine(folder, $"{name}.{extension}");
        }
    }
}
