// docker-py, the library below many a tool written in Python.
import { after, test } from 'node:test';
import { command, succeed } from '../../command.ts';
import { openEngine } from '../../engine.ts';

const { code } = await command(['python3', '-c', 'import docker']);
const engine = await openEngine();
after(() => engine.close());

const script = `
import docker, io, tarfile
client = docker.from_env(timeout=60)
assert client.ping()
assert client.containers.run('busybox', 'echo hello', remove=True) == b'hello\\n'
try:
    client.containers.run('busybox', 'sh -c "echo why >&2; exit 3"', remove=True)
    assert False
except docker.errors.ContainerError as error:
    assert error.exit_status == 3 and error.stderr == b'why\\n', error
network = client.networks.create('grove', labels={'kind': 'trees'})
volume = client.volumes.create('sap')
oak = client.containers.run('busybox', 'sleep 1000', name='oak', network='grove', detach=True, init=True,
    volumes={'sap': {'bind': '/sap', 'mode': 'rw'}}, ports={'80/tcp': None}, environment={'TREE': 'oak'}, mem_limit='64m')
oak.reload()
assert oak.status == 'running' and oak.attrs['HostConfig']['Memory'] == 64 << 20
assert int(oak.ports['80/tcp'][0]['HostPort']) > 0
# Its output is not looked at: docker-py drops what comes in one piece with the answer's head.
assert oak.exec_run(['sh', '-c', 'echo $TREE; exit 4']).exit_code == 4
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode='w') as tar:
    entry = tarfile.TarInfo('leaf')
    entry.size = 5
    tar.addfile(entry, io.BytesIO(b'green'))
assert oak.put_archive('/sap', archive.getvalue())
pieces, stat = oak.get_archive('/sap/leaf')
assert stat['name'] == 'leaf' and stat['size'] == 5
assert tarfile.open(fileobj=io.BytesIO(b''.join(pieces))).extractfile('leaf').read() == b'green'
assert oak.stats(stream=False)['memory_stats']['usage'] > 0
assert [c.name for c in client.containers.list(filters={'network': 'grove'})] == ['oak']
image = oak.commit('acorn', '1')
assert client.images.get('acorn:1').id == image.id
saved = b''.join(image.save(named=True))
client.images.remove('acorn:1')
assert client.images.load(saved)[0].tags == ['acorn:1']
oak.stop(timeout=0)
assert oak.wait()['StatusCode'] == 137 or oak.wait()['StatusCode'] == 143
oak.remove(v=True)
volume.remove()
network.remove()
try:
    client.containers.get('oak')
    assert False
except docker.errors.NotFound:
    pass
`;

test('docker-py runs, copies, saves and removes', {
  skip: code !== 0 && 'python3-docker is not installed',
}, async () => {
  await succeed(['python3', '-c', script], { environment: engine.client('docker').environment, limit_s: 70 });
});
