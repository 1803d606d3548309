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
/// <para><c>TPPO_LIBTORCH=/path/to/torch/lib</c> is for machines that have a PyTorch, with CUDA for example: its libraries are
/// loaded and satisfy, by name, those that TorchSharp asks for. Build with <c>-p:Accelerator=installed</c>, so that no libtorch
/// lies beside the program. Its release must be the one TorchSharp was built against.</para>
/// </remarks>
public static partial class NativeBootstrap
{
    /// <summary>The libtorch release that the managed bindings were built against.</summary>
    public const string LibTorchVersion = "2.10";

    /// <summary>Environment variable that names the folder of another libtorch.</summary>
    public const string FolderVariable = "TPPO_LIBTORCH";

    private const string Bindings = "LibTorchSharp";
    private const string MissingVersion = "GLIBCXX_3.4.32";
    private const string TorchLibrary = "libtorch_cpu.so";

    private static readonly string[] Libraries = ["libc10.so", TorchLibrary, "libtorch.so"];
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

    /// <summary>Refuses a <see cref="FolderVariable"/> that could not work, before the libraries are loaded.</summary>
    /// <exception cref="InvalidOperationException">The folder holds no libtorch, or another lies beside the program.</exception>
    internal static void CheckFolder()
    {
        if (Other() is not { } folder) return;
        if (!File.Exists(Path.Combine(folder, TorchLibrary)))
        {
            throw new InvalidOperationException(
                $"{FolderVariable}: {folder} holds no {TorchLibrary}; it must be the lib folder of a PyTorch {LibTorchVersion}");
        }

        if (FindFolder(TorchLibrary) is { } own)
        {
            // Two libtorch in one process end it, and TorchSharp looks beside the program first.
            throw new InvalidOperationException(
                $"{FolderVariable} is set, but {own} holds a libtorch too, which would be loaded first; build with -p:Accelerator=installed");
        }
    }

    private static string? Other() =>
        OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? folder : null;

    private static IntPtr Resolve(Assembly assembly, string name)
    {
        lock (Gate)
        {
            if (name == Bindings) return bindings != IntPtr.Zero ? bindings : bindings = LoadBindings();
            if (name is not ("torch_cpu" or "torch_cuda") || Other() is not { } folder) return IntPtr.Zero;
            return LoadTorch(folder) && NativeLibrary.TryLoad(Path.Combine(folder, $"lib{name}.so"), out var handle) ? handle : IntPtr.Zero;
        }
    }

    private static IntPtr LoadBindings()
    {
        var folder = FindFolder($"lib{Bindings}.so");
        if (folder is null)
        {
            Problem = $"lib{Bindings}.so was not found beside the program: restore the package TorchSharp and build again";
            return IntPtr.Zero;
        }

        var torch = Other() ?? folder;
        if (!LoadTorch(torch)) return IntPtr.Zero;
        var file = Path.Combine(folder, $"lib{Bindings}.so");
        if (NativeLibrary.TryLoad(file, out var handle)) return handle;
        var bytes = File.ReadAllBytes(file);
        if (ElfVersionNeed.MarkWeak(bytes, MissingVersion)) return LoadCopy(file, bytes, torch);
        Problem = $"{file} does not load, and not for want of {MissingVersion}: check that libtorch in {torch} is {LibTorchVersion} (ldd {file} says "
            + $"what is missing)";
        return IntPtr.Zero;
    }

    private static bool LoadTorch(string folder)
    {
        foreach (var library in Libraries.Concat(CudaLibraries.Where(name => File.Exists(Path.Combine(folder, name)))))
        {
            var file = Path.Combine(folder, library);
            if (NativeLibrary.TryLoad(file, out _)) continue;
            Problem = $"{file} does not load: it must be libtorch {LibTorchVersion} for this system (ldd {file} says what is missing)";
            return false;
        }

        return true;
    }

    private static IntPtr LoadCopy(string file, byte[] bytes, string torchFolder)
    {
        // A file in memory: nothing is left behind, and nobody can put another in its place.
        var descriptor = MemoryFile(Bindings, 0);
        if (descriptor < 0)
        {
            Problem = $"{file} needs {MissingVersion}, and this kernel has no memory files to load a changed copy from";
            return IntPtr.Zero;
        }

        var copy = $"/proc/self/fd/{descriptor}";
        File.WriteAllBytes(copy, bytes);
        if (NativeLibrary.TryLoad(copy, out var handle)) return handle;
        Problem = $"{file} does not load with libtorch in {torchFolder}; it was built against {LibTorchVersion}, and another release may lack what it needs";
        return IntPtr.Zero;
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
