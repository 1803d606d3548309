using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Tppo.Learning.Native;

/// <summary>
/// Makes TorchSharp's native library load on Linux systems whose C++ runtime is older than the one it was built on,
/// and, where <c>TPPO_LIBTORCH</c> names a folder, with the libtorch that lies there.
/// </summary>
/// <remarks>
/// <para><c>libLibTorchSharp.so</c> asks for the symbol version GLIBCXX_3.4.32 (GCC 13). Debian 12, Ubuntu 22.04 and RHEL 9
/// stop at 3.4.30, so the linker refuses it, although no relocation uses that version. Only where the ordinary load has
/// failed, a copy with that one entry marked weak is loaded instead. Newer systems are not touched.</para>
/// <para><c>NativeLibrary.SetDllImportResolver</c> does not reach TorchSharp, which asks by <c>TryLoad</c>;
/// <see cref="AssemblyLoadContext.ResolvingUnmanagedDll"/> does, after the ordinary search has failed.</para>
/// <para><c>TPPO_LIBTORCH=/path/to/torch/lib</c> is for machines that have a PyTorch with CUDA: its libraries are loaded first
/// and satisfy, by name, those that TorchSharp asks for. Its version must be the one TorchSharp was built against.</para>
/// </remarks>
public static partial class NativeBootstrap
{
    /// <summary>The libtorch release that the managed bindings were built against.</summary>
    public const string LibTorchVersion = "2.10";

    /// <summary>Environment variable that names the folder of another libtorch.</summary>
    public const string FolderVariable = "TPPO_LIBTORCH";

    private const string Bindings = "LibTorchSharp";
    private const string MissingVersion = "GLIBCXX_3.4.32";

    private static readonly string[] Libraries = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly string[] CudaLibraries = ["libc10_cuda.so", "libtorch_cuda.so"];
    private static readonly Lock Gate = new();
    private static IntPtr bindings;

    /// <summary>Null where nothing stood in the way so far; else one sentence on what did and what to do about it.</summary>
    public static string? Problem { get; private set; }

    [SuppressMessage("Usage", "CA2255", Justification = "The hook must stand before TorchSharp's static constructors run, which no caller can order.")]
    [ModuleInitializer]
    internal static void Install()
    {
        if (OperatingSystem.IsLinux()) AssemblyLoadContext.Default.ResolvingUnmanagedDll += Resolve;
    }

    private static IntPtr Resolve(Assembly assembly, string name)
    {
        if (name != Bindings) return IntPtr.Zero;
        lock (Gate)
        {
            if (bindings != IntPtr.Zero) return bindings;
            var own = FindFolder($"lib{Bindings}.so");
            if (own is null)
            {
                Problem = $"lib{Bindings}.so was not found beside the program: restore the package TorchSharp and build again";
                return IntPtr.Zero;
            }

            var other = Environment.GetEnvironmentVariable(FolderVariable);
            return bindings = LoadFrom(own, string.IsNullOrEmpty(other) ? own : other);
        }
    }

    private static IntPtr LoadFrom(string bindingsFolder, string torchFolder)
    {
        foreach (var library in Libraries)
        {
            if (TryLoad(Path.Combine(torchFolder, library), required: true)) continue;
            return IntPtr.Zero;
        }

        foreach (var library in CudaLibraries) TryLoad(Path.Combine(torchFolder, library), required: false);
        var file = Path.Combine(bindingsFolder, $"lib{Bindings}.so");
        if (NativeLibrary.TryLoad(file, out var handle)) return handle;

        var bytes = File.ReadAllBytes(file);
        if (!ElfVersionNeed.MarkWeak(bytes, MissingVersion))
        {
            Problem = $"{file} does not load, and not for want of {MissingVersion}: check that libtorch in {torchFolder} is {LibTorchVersion} (ldd {file} says what is missing)";
            return IntPtr.Zero;
        }

        return LoadCopy(file, bytes, torchFolder);
    }

    private static IntPtr LoadCopy(string file, byte[] bytes, string torchFolder)
    {
        // A file in memory: nothing is left behind, and nobody can put another in its place.
        var descriptor = MemoryFile(Bindings, 0);
        var copy = descriptor >= 0 ? $"/proc/self/fd/{descriptor}" : Path.Combine(Path.GetTempPath(), $"lib{Bindings}-{Environment.ProcessId}.so");
        File.WriteAllBytes(copy, bytes);
        try
        {
            return NativeLibrary.Load(copy);
        }
        catch (DllNotFoundException e)
        {
            Problem = $"{file} does not load with libtorch in {torchFolder}; it was built against {LibTorchVersion}, and another release may lack what it needs: {e.Message.Split('\n')[0]}";
            return IntPtr.Zero;
        }
        finally
        {
            if (descriptor < 0) File.Delete(copy);
        }
    }

    private static bool TryLoad(string file, bool required)
    {
        if (!required && !File.Exists(file)) return false;
        if (NativeLibrary.TryLoad(file, out _)) return true;
        Problem = $"{file} does not load: it must be libtorch {LibTorchVersion} for this system (ldd {file} says what is missing)";
        return false;
    }

    private static string? FindFolder(string file)
    {
        var baseFolder = AppContext.BaseDirectory;
        string[] folders = [Path.Combine(baseFolder, "runtimes", "linux-x64", "native"), baseFolder];
        return Array.Find(folders, folder => File.Exists(Path.Combine(folder, file)));
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemoryFile(string name, uint flags);
}
