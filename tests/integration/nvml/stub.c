/*
 * A libnvidia-ml.so.1 that knows no GPU and answers as told, for the binding nvidia-ml-py.
 *
 * What it answers stands in the file that NVML_STUB names, read anew at every call, so that a test can lose a GPU
 * between two of them. A line is "key=value":
 *
 *   gpus=2                        how many there are
 *   lost=1                        this GPU fell off the bus: every call about it says so
 *   nvmlDeviceGetSamples=4        this function returns this nvmlReturn_t
 *   now_us=...  busy=75           the driver's clock; share of the time that a kernel ran, in percent
 *   memory=...  energy=...        bytes in use; millijoules since the driver was loaded
 *   processes=3  untold=1         processes with a context; their memory is not accounted for
 *   empty=1                       the buffers of samples are empty
 *   mig=1  slices=5  unnamed=1    MIG is on; slices at places 0 and 2 (bits); named as drivers before R470 did
 *
 * Structures, values and promises: nvml.h and https://docs.nvidia.com/deploy/nvml-api/. With -DOLD_LIBRARY the
 * functions that a later version brought are not there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SUCCESS = 0, INVALID_ARGUMENT = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT_SIZE = 7, GPU_IS_LOST = 15,
};
enum { MOST_GPUS = 4, PLACES = 7, PERIOD_US = 1000000 / 6, BUFFERED = 120 };

typedef unsigned long long u64;
typedef struct { int gpu, place; } Device;
typedef struct { u64 total, free, used; } Memory;
typedef struct { unsigned gpu, memory; } Rates;
typedef struct { u64 at; union { double d; unsigned u; u64 ull; } value; } SampleEntry;
typedef struct { unsigned pid; u64 used; unsigned instance, compute; } Process;
typedef struct { unsigned pid; u64 at; unsigned sm, memory, encoder, decoder; } ProcessSample;
typedef struct { unsigned counts[8]; u64 memory_mb; } Attributes;

static const u64 GIB = 1ULL << 30;
static Device gpus[MOST_GPUS], slices[MOST_GPUS][PLACES];

static u64 told(const char *key, u64 otherwise)
{
    const char *path = getenv("NVML_STUB");
    FILE *file = path ? fopen(path, "r") : NULL;
    char line[256];
    size_t length = strlen(key);
    while (file && fgets(line, sizeof line, file))
        if (!strncmp(line, key, length) && line[length] == '=') {
            otherwise = strtoull(line + length + 1, NULL, 10);
            break;
        }
    if (file)
        fclose(file);
    return otherwise;
}

static int about(const char *function, const Device *device)
{
    if (device && told("lost", MOST_GPUS) == (u64)device->gpu)
        return GPU_IS_LOST;
    return (int)told(function, SUCCESS);
}

#define ABOUT(device)                                 \
    do {                                              \
        int told_to_return = about(__func__, device); \
        if (told_to_return)                           \
            return told_to_return;                    \
    } while (0)
#define OF_WHOLE_GPU(device)         \
    do {                             \
        ABOUT(device);               \
        if ((device)->place >= 0)    \
            return NOT_SUPPORTED;    \
    } while (0)

int nvmlInitWithFlags(unsigned flags) { (void)flags; ABOUT(NULL); return SUCCESS; }
int nvmlShutdown(void) { ABOUT(NULL); return SUCCESS; }

const char *nvmlErrorString(int code)
{
    return code == SUCCESS ? "Success" : "said by the stub";
}

int nvmlSystemGetDriverVersion(char *version, unsigned length)
{
    ABOUT(NULL);
    snprintf(version, length, "000.00.stub");
    return SUCCESS;
}

int nvmlDeviceGetCount_v2(unsigned *count)
{
    ABOUT(NULL);
    *count = (unsigned)told("gpus", 1);
    return SUCCESS;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, Device **device)
{
    if (index >= told("gpus", 1) || index >= MOST_GPUS)
        return INVALID_ARGUMENT;
    gpus[index] = (Device){(int)index, -1};
    ABOUT(&gpus[index]);
    *device = &gpus[index];
    return SUCCESS;
}

int nvmlDeviceGetUUID(Device *device, char *uuid, unsigned length)
{
    ABOUT(device);
    if (device->place < 0)
        snprintf(uuid, length, "GPU-00000000-0000-0000-0000-%012d", device->gpu);
    else
        snprintf(uuid, length, "MIG-00000000-0000-0000-%04d-%012d", device->place, device->gpu);
    return SUCCESS;
}

int nvmlDeviceGetMaxMigDeviceCount(Device *device, unsigned *count)
{
    ABOUT(device);
    *count = told("mig", 0) ? PLACES : 0;
    return SUCCESS;
}

int nvmlDeviceGetMigDeviceHandleByIndex(Device *device, unsigned place, Device **slice)
{
    ABOUT(device);
    if (place >= PLACES || !(told("slices", 5) >> place & 1))
        return NOT_FOUND;
    *slice = &slices[device->gpu][place];
    **slice = (Device){device->gpu, (int)place};
    return SUCCESS;
}

int nvmlDeviceGetHandleByUUID(const char *uuid, Device **device)
{
    char known[96];
    Device *slice;
    for (unsigned index = 0; index < told("gpus", 1); index++) {
        int returned = nvmlDeviceGetHandleByIndex_v2(index, device);
        if (returned == GPU_IS_LOST && atoi(uuid + strlen(uuid) - 12) == (int)index)
            return returned;
        if (returned)
            continue;
        nvmlDeviceGetUUID(*device, known, sizeof known);
        if (!strcmp(uuid, known))
            return about(__func__, *device);
        for (unsigned place = 0; told("mig", 0) && place < PLACES; place++) {
            if (nvmlDeviceGetMigDeviceHandleByIndex(*device, place, &slice))
                continue;
            nvmlDeviceGetUUID(slice, known, sizeof known);
            if (!strcmp(uuid, known)) {
                *device = slice;
                return about(__func__, slice);
            }
        }
    }
    return NOT_FOUND;
}

/* The minor number need not be the index. */
int nvmlDeviceGetMinorNumber(Device *device, unsigned *minor)
{
    OF_WHOLE_GPU(device);
    *minor = (unsigned)device->gpu + 3;
    return SUCCESS;
}

int nvmlDeviceGetName(Device *device, char *name, unsigned length)
{
    ABOUT(device);
    snprintf(name, length, "NVIDIA Stub 40GB%s", device->place < 0 || told("unnamed", 0) ? "" : " MIG 1g.5gb");
    return SUCCESS;
}

int nvmlDeviceGetMemoryInfo(Device *device, Memory *memory)
{
    ABOUT(device);
    memory->total = device->place < 0 ? 40 * GIB : 5 * GIB;
    memory->used = told("memory", GIB / 2);
    memory->free = memory->total - memory->used;
    return SUCCESS;
}

int nvmlDeviceGetMigMode(Device *device, unsigned *current, unsigned *pending)
{
    OF_WHOLE_GPU(device);
    *current = *pending = (unsigned)told("mig", 0);
    return SUCCESS;
}

int nvmlDeviceGetAttributes_v2(Device *device, Attributes *attributes)
{
    ABOUT(device);
    if (device->place < 0)
        return NOT_SUPPORTED;
    memset(attributes, 0, sizeof *attributes);
    attributes->counts[6] = 1;
    attributes->memory_mb = 5 * 1024;
    return SUCCESS;
}

/* A slice's instances are numbered by its place. */
int nvmlDeviceGetGpuInstanceId(Device *device, unsigned *id)
{
    ABOUT(device);
    if (device->place < 0)
        return NOT_SUPPORTED;
    *id = (unsigned)device->place + 1;
    return SUCCESS;
}

int nvmlDeviceGetComputeInstanceId(Device *device, unsigned *id)
{
    ABOUT(device);
    if (device->place < 0)
        return NOT_SUPPORTED;
    *id = 0;
    return SUCCESS;
}

int nvmlDeviceGetUtilizationRates(Device *device, Rates *rates)
{
    OF_WHOLE_GPU(device);
    *rates = (Rates){(unsigned)told("busy", 0), 0};
    return SUCCESS;
}

int nvmlDeviceGetTotalEnergyConsumption(Device *device, u64 *millijoules)
{
    OF_WHOLE_GPU(device);
    *millijoules = told("energy", 0);
    return SUCCESS;
}

int nvmlDeviceGetClockInfo(Device *device, int kind, unsigned *mhz)
{
    OF_WHOLE_GPU(device);
    *mhz = kind == 2 ? 1215 : 1410;
    return SUCCESS;
}

/* A sample each period up to now, as many as the buffer holds. */
int nvmlDeviceGetSamples(Device *device, int kind, u64 since, int *value_type, unsigned *count, SampleEntry *samples)
{
    OF_WHOLE_GPU(device);
    u64 now = told("now_us", 0) / PERIOD_US, first = since / PERIOD_US + 1;
    if (kind != 1)
        return INVALID_ARGUMENT;
    if (now > BUFFERED && first < now - BUFFERED + 1)
        first = now - BUFFERED + 1;
    unsigned there = told("empty", 0) || first > now ? 0 : (unsigned)(now - first + 1);
    *value_type = 1;
    for (unsigned place = 0; samples && place < there && place < *count; place++)
        samples[place] = (SampleEntry){(first + place) * PERIOD_US, {.u = (unsigned)told("busy", 0)}};
    *count = there;
    return SUCCESS;
}

static int list_processes(Device *device, unsigned *count, Process *list)
{
    unsigned there = (unsigned)told("processes", 0), room = *count;
    *count = there;
    if (there > room || (there && !list))
        return INSUFFICIENT_SIZE;
    for (unsigned place = 0; place < there; place++)
        list[place] = (Process){4100000 + place, told("untold", 0) ? ~0ULL : (place + 1) * GIB, ~0U, ~0U};
    (void)device;
    return SUCCESS;
}

#ifdef OLD_LIBRARY
int nvmlDeviceGetComputeRunningProcesses(Device *device, unsigned *count, Process *list)
#else
int nvmlDeviceGetComputeRunningProcesses_v3(Device *device, unsigned *count, Process *list)
#endif
{
    ABOUT(device);
    return list_processes(device, count, list);
}

/* Where there is no sample, some drivers say NOT_FOUND and some say success with a count of none. */
int nvmlDeviceGetProcessUtilization(Device *device, ProcessSample *list, unsigned *count, u64 since)
{
    OF_WHOLE_GPU(device);
    unsigned there = told("empty", 0) ? 0 : (unsigned)told("processes", 0), room = *count;
    u64 now = told("now_us", 0);
    if (now <= since)
        there = 0;
    *count = there;
    if (!there)
        return SUCCESS;
    if (!list || room < there)
        return INSUFFICIENT_SIZE;
    for (unsigned place = 0; place < there; place++)
        list[place] = (ProcessSample){4100000 + place, now, (unsigned)told("busy", 0) / there, 0, 0, 0};
    return SUCCESS;
}
