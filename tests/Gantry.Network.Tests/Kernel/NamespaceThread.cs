using System.Runtime.InteropServices;

namespace Gantry.Network.Tests.Kernel;

/// <summary>Runs code on a thread that lives in another network namespace; sockets made there stay there, whoever uses them later.</summary>
internal static class NamespaceThread
{
    private const int NetworkNamespace = 0x40000000;

    public static T Run<T>(string ns, Func<T> make)
    {
        T? result = default;
        Exception? failure = null;

        // A thread of its own, thrown away afterwards: one of the pool's would carry the namespace on to other work.
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{ns}");
                if (SetNamespace(handle.DangerousGetHandle().ToInt32(), NetworkNamespace) != 0)
                {
                    throw new IOException($"setns: error {Marshal.GetLastPInvokeError()}");
                }

                result = make();
            }
#pragma warning disable CA1031 // carried over to the caller's thread
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new IOException($"in namespace {ns}", failure);
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNamespace(int handle, int kind);
}
